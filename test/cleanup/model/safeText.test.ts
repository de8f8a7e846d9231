import { describe, expect, it } from '@jest/globals';
import { safeText } from '../../../src/cleanup/model/safeText.ts';

describe('a text of another party', () => {
  it.each([
    ['line breaks', 'a\r\nb\u2028c\u2029d\u0085e\tf', 'a b c d e f'],
    ['escape sequences', '\u001b]8;;https://x\u0007y\u009b31m', '\\u001b]8;;https://x\\u0007y\\u009b31m'],
    ['a null', 'a\0b', 'a\\u0000b'],
    ['direction marks', 'a\u202eb\u2066c\u200fd\u061ce', 'a\\u202eb\\u2066c\\u200fd\\u061ce'],
    ['invisible characters', 'a\u200bb\ufeffc\u00add\u{e0041}', 'a\\u200bb\\ufeffc\\u00add\\udb40\\udc41'],
    ['lone surrogates', 'a\ud83d b', 'a\\ud83d b'],
    ['whole characters and other scripts', '😀 ñ 漢 العربية', '😀 ñ 漢 العربية'],
  ])('with %s becomes safe', (_, text, expected) => {
    expect(safeText(text)).toBe(expected);
    expect(safeText(expected)).toBe(expected);
  });

  it.each([
    ['a shared access signature', 'https://a.b/c?sv=2&sig=abc%2Bsecret%3D&se=3', 'https://a.b/c?sv=2&sig=…&se=3'],
    ['one in capitals', 'https://a.b/c?SIG=secret', 'https://a.b/c?SIG=…'],
    ['one that is encoded', 'next=https%3A%2F%2Fa%3Fsig%3Dsecret%26se%3D1', 'next=https%3A%2F%2Fa%3Fsig%3D…'],
    ['a function key', 'POST /api/x?code=secret==', 'POST /api/x?code=…'],
    ['a connection string', 'AccountName=a;AccountKey=c2VjcmV0==;X=y', 'AccountName=a;AccountKey=…;X=y'],
    ['a token', 'Authorization: Bearer abc.secret-_~', 'Authorization: …'],
    ['a password', 'Authorization: Basic c2VjcmV0OnNlY3JldA==', 'Authorization: …'],
    ['a JSON Web Token', 'got eyJhbGciOiJub25lIn0.eyJzdWIiOiJzZWNyZXQifQ.c2VjcmV0', 'got …'],
    ['a token that is encoded', 'x=Bearer%20abc.secret%2Bsecret&y=1', 'x=…&y=1'],
    ['a JSON Web Token that is encoded', 'x%20eyJhbGciOiJub25lIn0.c2VjcmV0', 'x%20…'],
    ['a user and a password', 'at https://user:secret@host.example/ it', 'at https://…@host.example/ it'],
    ['those that are encoded', 'u=https%3A%2F%2Fuser:secret%40host', 'u=https%3A%2F%2F…%40host'],
    ['an address without secrets', 'at https://host.example:19080/a@b it', 'at https://host.example:19080/a@b it'],
  ])('with %s is shown without it', (_, text, expected) => {
    expect(safeText(text)).toBe(expected);
    expect(safeText(expected)).toBe(expected);
  });

  it('is never long', () => {
    for (const text of ['x', '\u202e']) expect(safeText(text.repeat(1_000_000)).length).toBeLessThanOrEqual(2_000);
  });
});
