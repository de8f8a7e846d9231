import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { plainJson, plainText } from '../../src/cli/plainText.ts';

const RAW = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

describe('plainText', () => {
  it('escapes characters that a terminal acts on, and keeps letters of all scripts', () => {
    expect(plainText('a\u001b[31m\u009b1m\u202e\u2028\n\ud800 é 漢 😀')).toBe(
      String.raw`a\u001b[31m\u009b1m\u202e\u2028\u000a\ud800 é 漢 😀`,
    );
  });

  it('escapes all such characters of any text, and does not change a safe text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const plain = plainText(text);
        expect(plain).not.toMatch(RAW);
        expect(plainText(plain)).toBe(plain);
      }),
    );
  });
});

describe('plainJson', () => {
  it('escapes all such characters, and parses to the same value', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const json = plainJson({ text });
        expect(json).not.toMatch(RAW);
        expect(JSON.parse(json)).toEqual({ text });
      }),
    );
    expect(JSON.parse(plainJson('\u{e0001}\u007f'))).toBe('\u{e0001}\u007f');
  });
});
