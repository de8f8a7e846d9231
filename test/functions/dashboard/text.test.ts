import { describe, expect, it } from '@jest/globals';
import { bytesText, data, durationText, spanText, time, visible } from '../../../src/functions/dashboard/text.ts';

describe('the texts of the page', () => {
  it.each([
    ['a\u202egpj.exe', 'a\\u{202e}gpj.exe'],
    ['zero\u200bwidth', 'zero\\u{200b}width'],
    ['line\r\nbreak\u2028', 'line\\u{d}\\u{a}break\\u{2028}'],
    ['nul\0bell\x07', 'nul\\u{0}bell\\u{7}'],
    ['lone\ud800', 'lone\\u{d800}'],
    ['Größe 上传 🚀 ../Code', 'Größe 上传 🚀 ../Code'],
  ])('show what would hide or reorder, and leave the rest: %j', (text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  it('keep a text of others within its own direction, and say when there is none', () => {
    expect(String(data('<b>'))).toBe('<bdi class="data">&lt;b&gt;</bdi>');
    expect(String(data(undefined))).toBe('<span class="none">–</span>');
  });

  it('give sizes and times a unit that can be read', () => {
    expect([0, 1023, 1536, 5 * 1024 ** 3, 2 ** 62].map(bytesText)).toEqual([
      ...['0 B', '1023 B', '1.5 KiB', '5.0 GiB', '4096.0 PiB'],
    ]);
    expect([1000, 60_000, 300_000, 5_400_000, 172_800_000].map(spanText)).toEqual([
      ...['1 second', '60 seconds', '5 minutes', '2 hours', '2 days'],
    ]);
    expect([84.4, 3200, 600_000].map(durationText)).toEqual(['84 ms', '3.2 s', '10 minutes']);
  });

  it('give an instant in UTC with its age, before and after now', () => {
    const now = new Date('2026-11-22T12:00:00.000Z');

    expect(String(time(new Date('2026-11-22T11:50:00.000Z'), now))).toContain('10 minutes ago');
    expect(String(time(new Date('2026-11-22T12:08:00.000Z'), now))).toContain('in 8 minutes');
    expect(String(time(now, now))).toMatch(/datetime="2026-11-22T12:00:00.000Z".*now.*2026-11-22 12:00:00 UTC/);
  });
});
