import { describe, expect, it } from '@jest/globals';
import { readUploadSession } from '../../src/imageStore/uploadSessionAnswer.ts';
import { SESSION, sessionAnswer } from './servers.ts';

const read = (fields: Record<string, unknown>) => {
  const answer = readUploadSession(sessionAnswer(fields), SESSION);
  return 'session' in answer ? answer.session : undefined;
};

describe('the answer that describes an upload session', () => {
  it.each([
    ['nothing', ''],
    ['a page', '<html></html>'],
    ['cut in the middle', sessionAnswer().slice(0, 50)],
    ['null', 'null'],
    ['a text', '"UploadSessions"'],
    ['no list', '{}'],
    ['null for the list', '{"UploadSessions":null}'],
    ['an empty list', '{"UploadSessions":[]}'],
    ['null for the session', '{"UploadSessions":[null]}'],
    ['a session without an id', sessionAnswer({ SessionId: undefined })],
    ['a number for the id', sessionAnswer({ SessionId: 6 })],
    ['the id in braces', sessionAnswer({ SessionId: `{${SESSION}}` })],
    ['two sessions', sessionAnswer().replace('[{"Store', `[{"SessionId":"${SESSION}"},{"Store`)],
  ])('is rejected if it is %s', (_, body) => {
    expect(readUploadSession(body, SESSION)).toEqual({ error: expect.any(String) });
  });

  it.each([
    ['2026-11-22T10:00:00Z', '2026-11-22T10:00:00.000Z'],
    ['2026-11-22T10:00:00.1234567Z', '2026-11-22T10:00:00.123Z'],
    ['2024-02-29T23:59:59.9Z', '2024-02-29T23:59:59.900Z'],
  ])('contains the time of the last chunk for %s', (text, expected) => {
    expect(read({ ModifiedDate: text })?.modifiedAt).toEqual(new Date(expected));
  });

  it.each([
    undefined,
    null,
    '',
    'yesterday',
    1_795_341_600_000,
    '2026-11-22',
    '2026-11-22T10:00:00',
    '2026-11-22T10:00:00+01:00',
    '22.11.2026 10:00:00',
    '2026-02-30T10:00:00Z',
    '2026-11-22T24:00:00Z',
    '2026-13-22T10:00:00Z',
    '0001-01-01T00:00:00.000Z',
    '1601-01-01T00:00:00.000Z',
  ])('is read without the time of the last chunk for %j', (text) => {
    const session = read({ ModifiedDate: text });

    expect(session).not.toHaveProperty('modifiedAt');
    expect(session?.fileSizeBytes).toBe(1_048_576);
  });

  it.each([
    ['12', 12],
    ['0', 0],
    [12, 12],
  ])('reads the size %j', (size, expected) => {
    expect(read({ FileSize: size })?.fileSizeBytes).toBe(expected);
  });

  it.each([undefined, null, '', '-1', '1.5', '1e3', ' 1', '9223372036854775807', -1, 1.5, true])(
    'leaves the size %j out',
    (size) => {
      expect(read({ FileSize: size })).not.toHaveProperty('fileSizeBytes');
    },
  );

  it('distinguishes "all chunks received" from "not known"', () => {
    expect(read({ ExpectedRanges: [] })?.missingRanges).toEqual([]);
    expect(read({ ExpectedRanges: null })).not.toHaveProperty('missingRanges');
  });

  it('is read without ranges if one can’t be read, so that the session doesn’t look more complete than it is', () => {
    const ranges = [{ StartPosition: '0', EndPosition: '9' }, { StartPosition: '20' }];

    expect(read({ ExpectedRanges: ranges })).not.toHaveProperty('missingRanges');
    expect(read({ ExpectedRanges: [{ StartPosition: '9', EndPosition: '0' }] })).not.toHaveProperty('missingRanges');
  });
});
