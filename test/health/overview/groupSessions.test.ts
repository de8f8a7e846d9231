import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { RecordedOutcome } from '../../../src/cleanup/model/outcomeRecord.ts';
import { groupSessions } from '../../../src/health/overview/groupSessions.ts';
import type { SessionItem } from '../../../src/wire/schemas.ts';

const AT = new Date('2026-11-20T12:00:00.000Z');

const session = (columns: Partial<SessionItem>): SessionItem => ({
  ...{ sessionId: randomUUID(), state: 'givenUp', lastActivity: AT.toISOString(), attempts: 8 },
  ...columns,
});

const failure = (sessionId: string, columns: Partial<RecordedOutcome> = {}): RecordedOutcome => ({
  ...{
    sessionId,
    outcome: 'failed',
    trigger: 'timer',
    runId: 'r',
    runStartedAt: AT,
    attempt: 1,
    tries: 1,
    durationMs: 1,
  },
  ...{ errorCode: 'FABRIC_E_TIMEOUT', httpStatus: 504 },
  ...columns,
});

const late = 'The request timed out in the cluster (504 FABRIC_E_TIMEOUT from cluster.example.com:19080).';

describe('the causes of failures', () => {
  it('combine many sessions that failed in the same way, the oldest session first', () => {
    const older = '2026-11-19T00:00:00.000Z';
    const sessions = Array.from({ length: 30 }, (_, n) =>
      session({ lastError: late, lastActivity: n === 20 ? older : AT.toISOString() }),
    );

    const causes = groupSessions(sessions, []);

    expect(causes).toHaveLength(1);
    expect(causes[0]).toMatchObject({
      errorCode: 'FABRIC_E_TIMEOUT',
      httpStatus: 504,
      givenUp: 30,
      waiting: 0,
      cleanups: 0,
    });
    expect(causes[0]?.sessions[0]).toBe(sessions[20]);
    expect(causes[0]?.what).toMatch(/timed out on the cluster/);
  });

  it('prefer the newest recorded failure to the text in the row', () => {
    const waiting = session({ state: 'waiting', lastError: late });
    const outcomes = [
      failure(waiting.sessionId, { errorCode: 'FABRIC_E_NOT_PRIMARY', httpStatus: 503, errorMessage: 'moved' }),
      failure(waiting.sessionId, { runStartedAt: new Date(AT.getTime() - 1) }),
    ];

    const [first, second] = groupSessions([waiting], outcomes);

    expect(first).toMatchObject({ errorCode: 'FABRIC_E_NOT_PRIMARY', waiting: 1, cleanups: 1, lastMessage: 'moved' });
    expect(second).toMatchObject({ errorCode: 'FABRIC_E_TIMEOUT', waiting: 0, sessions: [], cleanups: 1 });
  });

  it('distinguish a status without a code, an invalid row, and an unknown text', () => {
    const causes = groupSessions(
      [
        session({ lastError: 'The gateway answered (502 from cluster.example.com:19080).' }),
        session({ sessionId: 'build 7', lastError: 'is not a GUID' }),
        session({ lastError: 'somebody’s own words' }),
        session({}),
      ],
      [],
    );

    expect(causes.map(({ errorCode }) => errorCode).sort()).toEqual(['HTTP 502', 'invalid', 'unknown']);
    expect(causes.find(({ errorCode }) => errorCode === 'unknown')?.givenUp).toBe(2);
  });

  it('count the sessions that will be retried, and those that were given up', () => {
    const advice = (states: SessionItem['state'][], columns: Partial<SessionItem> = {}) =>
      groupSessions(
        states.map((state) => session({ state, lastError: late, ...columns })),
        [failure(randomUUID())],
      )[0]?.advice;

    expect(advice(['waiting'])).toMatch(/usually passes.* The next sweeps retry\.$/);
    expect(advice(['waiting', 'givenUp'])).toMatch(/Sweeps do not retry a session that was given up: fix the cause/);
    expect(advice([])).not.toMatch(/retry/);
    expect(advice(['givenUp'], { sessionId: 'build 7' })).not.toMatch(/retry/);
  });
});
