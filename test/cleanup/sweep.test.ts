import { describe, expect, it } from '@jest/globals';
import type { Trigger } from '../../src/cleanup/model/outcome.ts';
import type { TrackedSession } from '../../src/cleanup/model/trackedSession.ts';
import { type SweepRules, sweep } from '../../src/cleanup/sweep.ts';
import {
  failure,
  type MemoryPorts,
  MINUTE,
  memoryPorts,
  minutesAgo,
  NOW,
  onCluster,
  RULES,
  row,
  STALE_AFTER,
  sessionId,
} from '../doubles/memoryPorts.ts';

const RUN = { runId: 'run-1', trigger: 'timer' as Trigger, startedAt: NOW };
const [FIRST, SECOND, THIRD] = [sessionId(1), sessionId(2), sessionId(3)] as const;

const run = (ports: MemoryPorts, rules: Partial<SweepRules> = {}, aborted?: AbortSignal) =>
  sweep(ports, { ...RULES, ...rules }, RUN, aborted);

/** So many stale sessions, in the table and on the cluster. */
function abandoned(count: number, columns: Partial<TrackedSession> = {}): MemoryPorts {
  const ids = Array.from({ length: count }, (_, n) => sessionId(n + 1));
  return memoryPorts({ rows: ids.map((id) => row(id, columns)), cluster: ids.map((id) => onCluster(id)) });
}

describe('a sweep', () => {
  it('ends every kind of session in its own outcome', async () => {
    const invalid = 'no-guid';
    const ports = memoryPorts({
      rows: [row(FIRST), row(SECOND), row(THIRD), row(invalid), row(sessionId(4), { lastActivity: minutesAgo(1) })],
      cluster: [onCluster(FIRST), onCluster(SECOND, { modifiedAt: minutesAgo(1) })],
    });

    const summary = await run(ports);

    expect(summary).toMatchObject({ stoppedBy: 'completed', scanned: 5, bytesFreed: 3 });
    expect(summary.outcomes).toEqual({ deleted: 1, wouldDelete: 0, notFound: 1, active: 1, failed: 0, invalid: 1 });
    expect(Object.fromEntries(ports.recorded.map((one) => [one.sessionId, one.outcome]))).toEqual({
      [FIRST]: 'deleted',
      [SECOND]: 'active',
      [THIRD]: 'notFound',
      [invalid]: 'invalid',
    });
    expect(ports.runs).toEqual([summary]);
  });

  it('counts the stale sessions that it met, and tells how old the oldest is that is not given up', async () => {
    const ports = memoryPorts({
      rows: [
        row(FIRST, { lastActivity: minutesAgo(20) }),
        row(SECOND, { lastActivity: minutesAgo(30) }),
        row(THIRD, { lastActivity: minutesAgo(90), attempts: 1, nextAttemptAt: minutesAgo(-5) }),
        row(sessionId(4), { lastActivity: minutesAgo(5_000), givenUp: true }),
        row(sessionId(5), { lastActivity: minutesAgo(1) }),
      ],
    });

    expect(await run(ports)).toMatchObject({ scanned: 5, stale: 2, oldestStaleAt: minutesAgo(90) });
    expect(await run(memoryPorts())).not.toHaveProperty('oldestStaleAt');
  });

  it('records a failed session and still deletes the next one', async () => {
    const ports = abandoned(2);
    ports.failing.set(FIRST, [failure({ code: 'FABRIC_E_NOT_PRIMARY', requestId: 'r-7' })]);

    const summary = await run(ports);

    expect(summary.outcomes).toMatchObject({ deleted: 1, failed: 1 });
    expect(ports.recorded[0]).toMatchObject({
      sessionId: FIRST,
      outcome: 'failed',
      httpStatus: 503,
      errorCode: 'FABRIC_E_NOT_PRIMARY',
      requestId: 'r-7',
      attempt: 1,
    });
    expect(ports.rows.has(FIRST)).toBe(true);
    expect(ports.warnings).toHaveLength(1);
  });

  it('records every outcome before it settles the row', async () => {
    const ports = abandoned(250);

    await run(ports);

    for (const id of ports.rows.keys()) {
      expect(ports.writes.indexOf(`record ${id}`)).toBeLessThan(ports.writes.indexOf(`remove ${id}`));
    }
    expect(ports.recorded).toHaveLength(250);
    expect(ports.rows.size).toBe(0);
  });

  it('settles no row whose outcome could not be recorded, and fails', async () => {
    const ports = abandoned(10);
    ports.recordOutcomes = async () => {
      throw new Error('the storage is gone');
    };

    await expect(run(ports)).rejects.toThrow('the storage is gone');

    expect(ports.rows.size).toBe(10);
    expect(ports.runs).toMatchObject([{ stoppedBy: 'error', error: 'the storage is gone' }]);
  });

  it('keeps no more calls under way than SWEEP_CONCURRENCY', async () => {
    const ports = abandoned(40);
    const { getSession } = ports;
    let underWay = 0;
    let most = 0;
    ports.getSession = async (id, call) => {
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise((go) => setImmediate(go));
      underWay -= 1;
      return getSession(id, call);
    };

    await run(ports, { concurrency: 4 });

    expect(most).toBe(4);
  });

  it('deletes without asking when VERIFY_ACTIVITY is off, once it has seen the clock of the cluster', async () => {
    const ports = abandoned(3);

    await run(ports, { verifyActivity: false });

    expect(ports.calls).toEqual([`GET ${FIRST}`, `DELETE ${FIRST}`, `DELETE ${SECOND}`, `DELETE ${THIRD}`]);
  });

  it('asks for a session under its id in lower case and settles the row under its own key', async () => {
    const key = '6F9619FF-8B86-D011-B42D-00C04FC964FF';
    const ports = memoryPorts({ rows: [row(key)], cluster: [onCluster(key.toLowerCase())] });

    await run(ports);

    expect(ports.calls.at(-1)).toBe(`DELETE ${key.toLowerCase()}`);
    expect(ports.recorded[0]?.sessionId).toBe(key.toLowerCase());
    expect(ports.writes.at(-1)).toBe(`remove ${key}`);
  });

  it('moves the last activity of a live session forward, so that the next sweep leaves it in peace', async () => {
    const ports = memoryPorts({ rows: [row(FIRST)], cluster: [onCluster(FIRST, { modifiedAt: minutesAgo(2) })] });

    await run(ports);

    expect(ports.changes.get(FIRST)).toEqual({ lastActivity: minutesAgo(2), attempts: 0 });
  });
});

describe('which rows a sweep takes', () => {
  it.each([
    ['whose last activity is younger than STALE_AFTER', { lastActivity: new Date(NOW.getTime() - STALE_AFTER) }],
    ['that is given up', { givenUp: true }],
    ['whose next attempt is still to come', { nextAttemptAt: new Date(NOW.getTime() + 1) }],
    ['that was just written and has no lastActivity', { lastActivity: undefined, timestamp: minutesAgo(1) }],
    ['that was just written and has a lastActivity in the future', { lastActivity: minutesAgo(-60), timestamp: NOW }],
  ])('none %s', async (_, columns) => {
    const { lastActivity = undefined, ...rest } = columns as Partial<TrackedSession>;
    const given = row(FIRST, rest);
    if ('lastActivity' in columns && lastActivity === undefined) delete given.lastActivity;
    const ports = memoryPorts({ rows: [lastActivity ? { ...given, lastActivity } : given] });

    const summary = await run(ports);

    expect(ports.calls).toEqual([]);
    expect(summary).toMatchObject({ stoppedBy: 'completed', scanned: 1 });
  });

  it('counts a lastActivity in the future as missing, and says so', async () => {
    const ports = memoryPorts({ rows: [row(FIRST, { lastActivity: minutesAgo(-60), timestamp: minutesAgo(20) })] });

    await run(ports);

    expect(ports.recorded[0]?.errorMessage).toContain('is in the future');
    expect(ports.warnings).toEqual(['The row of an upload session is faulty.']);
  });

  it('counts a lastActivity that is no date as missing, and says what it held', async () => {
    const { lastActivity: _, ...rest } = row(FIRST, { unreadableLastActivity: 'yesterday' });
    const ports = memoryPorts({ rows: [rest], cluster: [onCluster(FIRST)] });

    await run(ports);

    expect(ports.recorded[0]).toMatchObject({
      outcome: 'deleted',
      errorMessage: expect.stringContaining('"yesterday"'),
    });
  });
});

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

  it.each(['invalidRequest', 'conflict'] as const)(
    'is given up at once when asking again changes nothing: %s',
    async (kind) => {
      const ports = abandoned(1);
      ports.failing.set(FIRST, [failure({ kind, retryable: false, code: 'FABRIC_E_INVALID_ADDRESS' })]);

      await run(ports);

      expect(ports.changes.get(FIRST)).toMatchObject({ givenUp: true });
    },
  );
});

describe('a sweep is stopped', () => {
  it('by its limit, but not when nothing is left beyond it', async () => {
    expect(await run(abandoned(5), { limit: 3 })).toMatchObject({ stoppedBy: 'limit', outcomes: { deleted: 3 } });
    expect(await run(abandoned(3), { limit: 3 })).toMatchObject({ stoppedBy: 'completed' });
  });

  it('by its time budget: no new session is taken, and what was done is recorded', async () => {
    const ports = abandoned(50);
    ports.now = () => new Date(NOW.getTime() + ports.calls.length * 1000);

    const summary = await run(ports, { timeBudgetMs: 20_000, concurrency: 2 });

    expect(summary.stoppedBy).toBe('timeBudget');
    expect(summary.outcomes.deleted).toBeGreaterThan(0);
    expect(summary.outcomes.deleted + ports.rows.size).toBe(50);
    expect(ports.recorded).toHaveLength(summary.outcomes.deleted);
  });

  it('by its caller: calls under way end and are recorded, or are given up after a while', async () => {
    const ports = abandoned(10);
    const stop = new AbortController();
    const { getSession } = ports;
    ports.getSession = async (id, call) => {
      if (id !== sessionId(3)) return getSession(id, call);
      stop.abort();
      return new Promise((_, reject) =>
        call.signal?.addEventListener('abort', () => reject(failure({ kind: 'aborted', retryable: false }))),
      );
    };

    const summary = await run(ports, { abortedDrainMs: 20, concurrency: 2 }, stop.signal);

    expect(summary.stoppedBy).toBe('aborted');
    expect(ports.recorded.find((one) => one.sessionId === sessionId(3))).toMatchObject({ errorCode: 'aborted' });
    expect(ports.changes.size).toBe(0);
  });

  it('before it begins when its caller has given up already', async () => {
    const ports = abandoned(2);

    expect(await run(ports, {}, AbortSignal.abort())).toMatchObject({ stoppedBy: 'aborted' });
    expect(ports.calls).toEqual([]);
  });

  it('when the cluster refuses our credentials: at once, and no session is charged for it', async () => {
    const ports = abandoned(100);
    for (const id of ports.rows.keys()) {
      ports.failing.set(id, [failure({ kind: 'accessDenied', retryable: false, httpStatus: 403 })]);
    }

    const summary = await run(ports);

    expect(summary).toMatchObject({ stoppedBy: 'accessDenied', error: expect.any(String) });
    expect(ports.calls).toHaveLength(1);
    expect(ports.changes.size).toBe(0);
  });

  it('when the cluster has no upload sessions: after two, and none is charged for it', async () => {
    const ports = abandoned(100);
    for (const id of ports.rows.keys()) {
      ports.failing.set(id, [
        failure({ kind: 'invalidRequest', retryable: false, httpStatus: 400, code: 'E_INVALIDARG' }),
      ]);
    }

    const summary = await run(ports);

    expect(summary.stoppedBy).toBe('unsupportedCluster');
    expect(ports.calls).toHaveLength(2);
    expect(ports.recorded).toHaveLength(2);
    expect(ports.changes.size).toBe(0);
  });

  it('not by a single session that the cluster calls invalid', async () => {
    const ports = abandoned(3);
    ports.failing.set(FIRST, [
      failure({ kind: 'invalidRequest', retryable: false, httpStatus: 400, code: 'E_INVALIDARG' }),
    ]);

    const summary = await run(ports);

    expect(summary).toMatchObject({ stoppedBy: 'completed', outcomes: { deleted: 2, failed: 1 } });
    expect(ports.changes.get(FIRST)).toMatchObject({ attempts: 1 });
  });

  it('when the cluster is down: after five failures in a row, and the rest stays as it was', async () => {
    const ports = abandoned(100);
    for (const id of ports.rows.keys()) ports.failing.set(id, [failure({ kind: 'unreachable' })]);

    const summary = await run(ports, { concurrency: 32 });

    expect(summary).toMatchObject({ stoppedBy: 'clusterUnavailable', outcomes: { failed: 5 } });
    expect(ports.changes.size).toBe(5);
  });

  it('after one call when the sweep before found the cluster down and it still is', async () => {
    const ports = abandoned(100);
    for (const id of ports.rows.keys()) ports.failing.set(id, [failure({ kind: 'unreachable' })]);
    await run(ports);
    ports.calls.length = 0;

    const summary = await run(ports, { maxTries: 3 });

    expect(summary.stoppedBy).toBe('clusterUnavailable');
    expect(ports.calls).toHaveLength(1);
  });

  it('not when the sweep before found the cluster down and it is back', async () => {
    const ports = abandoned(10);
    ports.runs.push({
      ...RUN,
      sweepId: RUN.runId,
      durationMs: 1,
      scanned: 1,
      stale: 1,
      outcomes: { deleted: 0, wouldDelete: 0, notFound: 0, active: 0, failed: 5, invalid: 0 },
      bytesFreed: 0,
      dryRun: false,
      stoppedBy: 'clusterUnavailable',
    });

    expect(await run(ports)).toMatchObject({ stoppedBy: 'completed', outcomes: { deleted: 10 } });
  });

  it.each(['cluster', 'storage service'])(
    'when the clock of the %s is apart: nothing is deleted, nobody charged',
    async (whose) => {
      const ports = abandoned(10);
      const apart = new Date(NOW.getTime() + 6 * MINUTE);
      if (whose === 'cluster') ports.clusterDate = apart;
      else ports.storageDate = apart;

      const summary = await run(ports, { verifyActivity: false });

      expect(summary).toMatchObject({
        stoppedBy: 'clockSkew',
        error: expect.stringContaining(`clock of the ${whose}`),
      });
      expect(ports.cluster.size).toBe(10);
      expect(ports.changes.size).toBe(0);
    },
  );
});
