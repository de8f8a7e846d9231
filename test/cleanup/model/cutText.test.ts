import { describe, expect, it } from '@jest/globals';
import { cutText, quoted } from '../../../src/cleanup/model/cutText.ts';
import { safeText } from '../../../src/cleanup/model/safeText.ts';

describe('a text that is cut', () => {
  it('ends with a whole character', () => {
    expect(cutText('ab😀', 3)).toBe('ab');
    expect(cutText('ab😀', 4)).toBe('ab😀');
    expect(cutText('ab😀c', 10)).toBe('ab😀c');
    expect(cutText('', 3)).toBe('');
  });

  it('does so in an error message', () => {
    expect(quoted(`${'x'.repeat(79)}😀`)).toBe(`"${'x'.repeat(79)}"`);
    expect(safeText(`${'x'.repeat(1_999)}😀`)).toBe('x'.repeat(1_999));
    expect(quoted('a\u00a0\u202e\u200b\ue000 é😀')).toBe('"a\\u00a0\\u202e\\u200b\\ue000 é😀"');
    expect(safeText(`\n${'😀'.repeat(1_000)}`).isWellFormed()).toBe(true);
    expect(safeText(`\u202e${'😀'.repeat(1_000)}`).isWellFormed()).toBe(true);
  });
});
