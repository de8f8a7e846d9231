import { describe, expect, it } from '@jest/globals';
import { unreachable } from '../../src/imageStore/unanswered.ts';

const FACTS = { host: 'gateway:19080', tried: 1, requestId: 'request', credentials: 'none' } as const;
const failed = (code: string) => Object.assign(new Error(`connect ${code}`), { code });

describe('a host name with several addresses', () => {
  it.each([
    [['ENETUNREACH', 'ECONNREFUSED'], 'connection refused (ECONNREFUSED)'],
    [['EHOSTUNREACH', 'EADDRNOTAVAIL', 'ETIMEDOUT'], 'connect ETIMEDOUT (ETIMEDOUT)'],
    [['ECONNREFUSED', 'ENETUNREACH'], 'connection refused (ECONNREFUSED)'],
    [['ENETUNREACH', 'EHOSTUNREACH'], 'no route to the host (ENETUNREACH)'],
  ])('is explained by the first address that this machine has a way to: %j', (codes, reason) => {
    const cause = Object.assign(new AggregateError(codes.map(failed)), { code: codes[0] });

    const error = unreachable(cause, FACTS);

    expect(error.message).toBe(`The gateway gateway:19080 can't be reached: ${reason}.`);
    expect(error.cause).toMatchObject({ code: /\((\w+)\)/.exec(reason)?.[1] });
  });
});
