import { describe, expect, it } from '@jest/globals';
import { errorAdvice } from '../../src/health/errorAdvice.ts';
import { STATUS_TABLE } from '../../src/local/cluster/gatewayAnswer.ts';

const codes = STATUS_TABLE.flatMap(({ code }) => (code === undefined || code === 'E_FAIL' ? [] : [code]));

describe('the advice on an error', () => {
  it.each(codes)('explains %s, independent of the status', (errorCode) => {
    const advice = errorAdvice({ errorCode, httpStatus: 500 });

    expect(advice).toEqual(errorAdvice({ errorCode }));
    expect(advice.what).toMatch(/^[A-Z].*\.$/);
    expect(advice.advice).toMatch(/^[A-Z].*\.$/);
    expect(advice.what).not.toContain(errorCode);
    expect(advice).not.toEqual(errorAdvice({ errorCode: 'serverError' }));
  });

  it('is different for each code', () => {
    expect(new Set(codes.map((errorCode) => errorAdvice({ errorCode }).what)).size).toBe(codes.length);
  });

  it.each([
    ['unreachable', undefined, /No answer came/, /CLUSTER_ENDPOINTS/],
    ['timedOut', undefined, /may have been deleted/, /CLUSTER_TIMEOUT/],
    ['accessDenied', undefined, /TLS handshake, or no token/, /CLUSTER_AUTH/],
    ['accessDenied', 401, /rejected the credentials of this app/, /CLUSTER_AUTH/],
    ['accessDenied', 403, /the Admin role or a client certificate is missing/, /CLUSTER_AUTH/],
    ['busy', 429, /proxy or load balancer/, /SWEEP_CONCURRENCY/],
    ['busy', 503, /busy/, /usually passes/],
    ['unexpectedAnswer', 200, /not one of a cluster's gateway/, /CLUSTER_ENDPOINTS/],
    ['clockSkew', undefined, /clocks/, /MAX_CLOCK_SKEW/],
  ])('explains %s (status %s) if the cluster sent no code', (errorCode, httpStatus, what, advice) => {
    expect(errorAdvice({ errorCode, httpStatus })).toEqual({
      what: expect.stringMatching(what),
      advice: expect.stringMatching(advice),
    });
  });

  it.each([
    [302, 'unexpectedAnswer'],
    [404, 'unavailable'],
    [409, 'conflict'],
    [418, 'invalidRequest'],
    [500, 'serverError'],
    [503, 'busy'],
    [504, 'timedOut'],
  ])('goes by the status %i of an unknown code, and names the code', (httpStatus, kind) => {
    const advice = errorAdvice({ errorCode: 'FABRIC_E_NEW', httpStatus });

    expect(advice.advice).toBe(errorAdvice({ errorCode: kind }).advice);
    expect(advice.what).toBe(
      `${errorAdvice({ errorCode: kind }).what} This app has no explanation for the code FABRIC_E_NEW.`,
    );
  });

  it('is not misled by a code that is a name in Object.prototype', () => {
    expect(errorAdvice({ errorCode: 'constructor', httpStatus: 500 }).what).toContain('constructor');
    expect(errorAdvice({ errorCode: '__proto__' })).toEqual(errorAdvice({}));
  });
});
