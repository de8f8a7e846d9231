import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readSweepMessage } from '../../../src/functions/queue/sweepMessage.ts';

const GOOD = {
  version: 1,
  sweepId: 'a0792f14-3851-411a-a24c-f37733af33b1',
  partition: 'default-a',
  requestedAt: '2026-11-22T10:00:00.000Z',
};

describe('a message of a fanned-out sweep', () => {
  it.each(['2026-11-22T10:00:00.000Z', '2026-11-22T10:00:00Z', '2026-11-22T11:00:00.0000000+01:00'])(
    'is read with a time in the form of .NET, too: %s',
    (requestedAt) => {
      expect(readSweepMessage({ ...GOOD, requestedAt, more: 'of a later version' })).toEqual({
        ...GOOD,
        requestedAt: new Date('2026-11-22T10:00:00.000Z'),
      });
    },
  );

  it.each([
    [{ version: 2 }, 'its version must be 1; the message may be from a newer version of this app'],
    [{ sweepId: 'x' }, 'its sweepId must be a GUID'],
    [{ partition: '' }, 'its partition must be the name of a session partition'],
    [{ partition: '\ud800' }, 'its partition must be the name of a session partition'],
    [{ partition: 'x'.repeat(257) }, 'its partition must be the name of a session partition'],
    [{ partition: undefined }, 'its partition must be the name of a session partition'],
    [{ requestedAt: '2026-11-22' }, 'its requestedAt must be an ISO 8601 time with a time zone'],
  ])('is rejected with the reason: %j', (change, error) => {
    expect(readSweepMessage({ ...GOOD, ...change })).toEqual({ error });
  });

  it.each([
    [{ ...GOOD, sweepId: undefined }, 'its sweepId must be a GUID'],
    [{ version: 1 }, 'its sweepId is missing'],
    [{ ...GOOD, requestedAt: '2026-02-31T10:00:00Z' }, 'its requestedAt must be an ISO 8601 time with a time zone'],
    [[], 'its version is missing'],
    [null, 'it is not a JSON object'],
    ['text', 'it is not a JSON object'],
  ])('is rejected as a whole: %j', (message, error) => {
    expect(readSweepMessage(message)).toEqual({ error });
  });

  it('of any other kind is rejected, and never quoted', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.record({ sweepId: fc.string(), partition: fc.anything() })), (message) => {
        const read = readSweepMessage(message);
        expect('error' in read && read.error.length < 120).toBe(true);
      }),
    );
  });
});
