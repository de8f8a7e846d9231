import { describe, expect, it } from '@jest/globals';
import {
  agoInWords,
  bytesInWords,
  counted,
  deletedInWords,
  durationInWords,
  instantInWords,
  oneLine,
  spanInWords,
  storeInWords,
} from '../../src/wire/words.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('words', () => {
  it.each([
    [-5, '0 s'],
    [119 * SECOND, '119 s'],
    [119.6 * SECOND, '2 min'],
    [119 * MINUTE, '119 min'],
    [2 * HOUR, '2 h'],
    [47 * HOUR, '47 h'],
    [2 * DAY, '2 days'],
  ])('puts a span of %d ms into words', (ms, words) => {
    expect(spanInWords(ms)).toBe(words);
  });

  it.each([
    [84.4, '84 ms'],
    [3210, '3.2 s'],
    [61 * SECOND, '61 s'],
    [4 * MINUTE, '4 min'],
  ])('puts a duration of %d ms into words', (ms, words) => {
    expect(durationInWords(ms)).toBe(words);
  });

  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [1024 ** 2 - 1, '1.0 MiB'],
    [1.5 * 1024 ** 3, '1.5 GiB'],
    [2 * 1024 ** 6, '2048.0 PiB'],
  ])('puts %d bytes into words', (bytes, words) => {
    expect(bytesInWords(bytes)).toBe(words);
  });

  it.each([
    [{ stagedBytes: 13_314_398_618, stagedFiles: 310, capacityBytes: 1000, availableBytes: 190 }, '; disk 81 % full'],
    [{ stagedBytes: 13_314_398_618, stagedFiles: 310, capacityBytes: 1000, availableBytes: 1 }, '; disk 99 % full'],
    [{ stagedBytes: 13_314_398_618, stagedFiles: 310, capacityBytes: 0, availableBytes: 0 }, ''],
  ])('puts an image store into words: %j', (store, disk) => {
    expect(storeInWords(store)).toBe(`12.4 GiB staged in 310 files${disk}`);
  });

  it('puts an instant into words, exactly and relative to now, as a Date and as a text', () => {
    const at = '2026-11-22T10:20:05.678Z';
    const now = new Date('2026-11-22T10:25:05.678Z');

    expect([instantInWords(at), instantInWords(new Date(at))]).toEqual(Array(2).fill('2026-11-22 10:20:05Z'));
    expect([agoInWords(at, now), agoInWords(now, new Date(at))]).toEqual(['5 min ago', 'in 5 min']);
  });

  it.each([
    [{ complete: true, bytes: 10, fileSizeBytes: 10 }, 'complete upload: its staged copy was removed'],
    [{ complete: false, bytes: 43, fileSizeBytes: 100 }, 'abandoned at 43 %'],
    [{ complete: false, bytes: 999, fileSizeBytes: 1000 }, 'abandoned at 99 %'],
    [{ complete: false, bytes: 100, fileSizeBytes: 90 }, 'abandoned at 99 %'],
    [{ complete: false }, 'abandoned midway'],
    [{ complete: false, bytes: 0, fileSizeBytes: 0 }, 'abandoned midway'],
    [{ bytes: 5, fileSizeBytes: 9 }, undefined],
  ])('puts what was deleted into words: %j', (facts, words) => {
    expect(deletedInWords(facts)).toBe(words);
  });

  it('counts, and puts lines into one', () => {
    expect([counted(1, 'run'), counted(0, 'run'), counted(1203, 'run')]).toEqual(['1 run', '0 runs', '1,203 runs']);
    expect(oneLine(' a\r\n b\t c ')).toBe('a b c');
  });
});
