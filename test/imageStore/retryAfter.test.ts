import { describe, expect, it } from '@jest/globals';
import { parseHttpDate, parseRetryAfter } from '../../src/imageStore/retryAfter.ts';

const NOW = new Date('2026-11-22T10:00:00Z');

describe('Retry-After', () => {
  it.each([
    ['0', 0],
    ['120', 120_000],
    ['Sun, 22 Nov 2026 10:00:30 GMT', 30_000],
    ['Sun, 22 Nov 2026 09:00:00 GMT', 0],
    ['9'.repeat(400), Number.MAX_SAFE_INTEGER],
  ])('%s means %d ms', (text, expected) => {
    expect(parseRetryAfter(text, NOW)).toBe(expected);
  });

  it.each([
    null,
    '',
    '-5',
    '1.5',
    '5s',
    'soon',
    '2026-11-22T10:00:30Z',
    'Sun, 22 Nov 2026 10:00:30',
    'Sun, 99 Foo 2026 10:00:30 GMT',
  ])('%j means no wait', (text) => {
    expect(parseRetryAfter(text, NOW)).toBeUndefined();
  });
});

describe('a Date header', () => {
  it('without a weekday is rejected', () => {
    expect(parseHttpDate('Sun, 99 Foo 2026 10:00:30 GMT')).toBeUndefined();
    expect(parseHttpDate('0')).toBeUndefined();
  });
});
