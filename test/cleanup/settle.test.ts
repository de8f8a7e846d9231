import { describe, expect, it } from '@jest/globals';
import { failure, MINUTE, minutesAgo, NOW } from '../doubles/memoryPorts.ts';
import { abandoned, FIRST, run } from './sweeps.ts';

describe('a failed session', () => {
  it('comes back later each time, and keeps its last activity', async () => {
    const waits: number[] = [];
    for (const attempts of [0, 1, 2, 6]) {
      const ports = abandoned(1, { attempts });
      ports.failing.set(FIRST, [failure()]);
      await run(ports);
      const change = ports.changes.get(FIRST);
      expect(change).toMatchObject({
        attempts: attempts + 1,
        lastActivity: minutesAgo(20),
        lastError: expect.any(String),
      });
      waits.push(((change?.nextAttemptAt?.getTime() ?? 0) - NOW.getTime()) / MINUTE);
    }

    expect(waits).toEqual([5, 10, 20, 320]);
  });

  it('waits at least as long as the cluster asked for', async () => {
    const ports = abandoned(1);
    ports.failing.set(FIRST, [failure({ retryAfterMs: 60 * MINUTE })]);

    await run(ports);

    expect(ports.changes.get(FIRST)?.nextAttemptAt).toEqual(minutesAgo(-60));
  });

  it('is given up at MAX_ATTEMPTS', async () => {
    const ports = abandoned(1, { attempts: 7 });
    ports.failing.set(FIRST, [failure()]);

    await run(ports);

    expect(ports.changes.get(FIRST)).toMatchObject({ attempts: 8, givenUp: true });
  });

  it('is given up at once if the image store refuses the request itself', async () => {
    const ports = abandoned(1);
    ports.failing.set(FIRST, [failure({ kind: 'invalidRequest', retryable: false, code: 'FABRIC_E_INVALID_ADDRESS' })]);

    await run(ports);

    expect(ports.changes.get(FIRST)).toMatchObject({ givenUp: true });
  });

  it('is charged for a conflict like for other failures', async () => {
    const ports = abandoned(1);
    ports.failing.set(FIRST, [failure({ kind: 'conflict', retryable: false, httpStatus: 409 })]);

    await run(ports);

    expect(ports.changes.get(FIRST)).toMatchObject({ attempts: 1, nextAttemptAt: expect.any(Date) });
    expect(ports.changes.get(FIRST)).not.toHaveProperty('givenUp');
  });

  it.each([
    ['a timeout of the cluster', { kind: 'timedOut', httpStatus: 504, code: 'FABRIC_E_TIMEOUT' }],
    ['our own deadline', { kind: 'timedOut', httpStatus: undefined, code: undefined }],
    ['a DELETE that was too late', { kind: 'tooLate', httpStatus: undefined, code: undefined }],
    ['an undecidable look-up', { kind: 'unexpectedAnswer', httpStatus: 200, code: undefined }],
    ["a proxy's 4xx", { kind: 'foreignAnswer', httpStatus: 407, code: undefined }],
    ["a proxy's 503", { kind: 'busy', httpStatus: 503, code: undefined }],
    ['a broken connection', { kind: 'unreachable', httpStatus: undefined, code: undefined }],
    ['a refusal of the credentials', { kind: 'accessDenied', httpStatus: 403, code: undefined }],
  ] as const)('is not charged for %s, but backs off and stays visible', async (_, facts) => {
    const ports = abandoned(1, { attempts: 7 });
    ports.failing.set(FIRST, [failure({ retryable: false, ...facts })]);

    const summary = await run(ports);

    expect(summary).toMatchObject({ stoppedBy: 'completed', outcomes: { failed: 1 } });
    expect(ports.changes.get(FIRST)).toMatchObject({
      attempts: 7,
      nextAttemptAt: minutesAgo(-5),
      failedSince: NOW,
      lastError: expect.any(String),
    });
    expect(ports.changes.get(FIRST)).not.toHaveProperty('givenUp');
  });

  it('that is not charged waits about as long again as it has failed so far', async () => {
    const ports = abandoned(1, { lastActivity: minutesAgo(200), failedSince: minutesAgo(90) });
    ports.failing.set(FIRST, [failure({ kind: 'timedOut' })]);

    await run(ports);

    expect(ports.changes.get(FIRST)).toMatchObject({ nextAttemptAt: minutesAgo(-90), failedSince: minutesAgo(90) });
  });
});
