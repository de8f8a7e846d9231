import { describe, expect, it } from '@jest/globals';
import type { Probe } from '../../src/cleanup/model/probe.ts';
import { RowRefusedError } from '../../src/cleanup/model/rowRefusedError.ts';
import type { TrackedSession } from '../../src/cleanup/model/trackedSession.ts';
import type { Trigger } from '../../src/cleanup/model/trigger.ts';
import { olderThanRules } from '../../src/cleanup/stale.ts';
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
import { asSessionId } from '../doubles/sessionIds.ts';

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
    expect(ports.recorded.find(({ sessionId: id }) => id === FIRST)).toMatchObject({
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

  it('asks for a session under its id in lower case and settles the row under its own key', async () => {
    const id = asSessionId('6f9619ff-8b86-d011-b42d-00c04fc964ff');
    const key = id.toUpperCase();
    const ports = memoryPorts({ rows: [row(key)], cluster: [onCluster(id)] });

    await run(ports);

    expect(ports.calls.at(-1)).toBe(`DELETE ${id}`);
    expect(ports.recorded[0]?.sessionId).toBe(id);
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

    expect(ports.calls).toEqual(['PROBE']);
    expect(summary).toMatchObject({ stoppedBy: 'completed', scanned: 1 });
  });

  it('one whose next attempt is later than any that a sweep writes', async () => {
    const ports = memoryPorts({ rows: [row(FIRST, { nextAttemptAt: minutesAgo(-7 * 60) })] });

    expect(await run(ports)).toMatchObject({ stale: 1, outcomes: { notFound: 1 } });
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

  it('is given up at once when the image store refuses it and retrying changes nothing', async () => {
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

const down = (verdict: 'accessDenied' | 'unsupportedCluster' | 'clusterUnavailable'): Probe => ({
  verdict,
  error: failure({ kind: 'unreachable' }),
});
const good: Probe = { verdict: 'good', clusterDate: NOW, requestId: 'p', host: 'cluster' };

describe('the probe', () => {
  it('comes first in a sweep on the schedule, even where nothing is stale', async () => {
    const ports = memoryPorts();
    ports.probes = [down('clusterUnavailable')];

    expect(await run(ports)).toMatchObject({
      stoppedBy: 'clusterUnavailable',
      probe: { verdict: 'clusterUnavailable' },
    });
    expect(ports.calls).toEqual(['PROBE']);
  });

  it('comes before the first due session where another trigger asks, and not without one', async () => {
    const ports = abandoned(2);
    const idle = memoryPorts();

    await sweep(ports, RULES, { ...RUN, trigger: 'queue' });
    await sweep(idle, RULES, { ...RUN, trigger: 'queue' });

    expect(ports.calls[0]).toBe('PROBE');
    expect(ports.calls.filter((call) => call === 'PROBE')).toHaveLength(1);
    expect(idle.calls).toEqual([]);
  });

  it.each(['accessDenied', 'unsupportedCluster', 'clusterUnavailable'] as const)(
    'that finds %s ends the sweep before any session is touched',
    async (verdict) => {
      const ports = abandoned(3);
      ports.probes = [down(verdict)];

      const summary = await run(ports);

      expect(summary).toMatchObject({ stoppedBy: verdict, error: expect.any(String) });
      expect(ports.calls).toEqual(['PROBE']);
      expect(ports.writes).toEqual([]);
    },
  );

  it('shows that the cluster works: its held failures are the sessions own, and the others are not kept waiting', async () => {
    const ports = abandoned(100);
    for (let n = 1; n <= 5; n += 1) ports.failing.set(sessionId(n), [failure()]);

    const summary = await run(ports, { concurrency: 1 });

    expect(summary).toMatchObject({ stoppedBy: 'completed', outcomes: { failed: 5, deleted: 95 } });
    expect(ports.changes.get(FIRST)).toMatchObject({ attempts: 1 });
    expect(ports.calls.filter((call) => call === 'PROBE')).toHaveLength(2);
  });

  it('comes at the end for fewer than five failures', async () => {
    const ports = abandoned(3);
    ports.failing.set(SECOND, [failure()]);

    await run(ports);

    expect(ports.calls.at(-1)).toBe('PROBE');
    expect(ports.changes.get(SECOND)).toMatchObject({ attempts: 1 });
  });

  it.each([1, 4, 5, 40])('that finds the cluster down charges none of %s failed sessions', async (count) => {
    const ports = abandoned(count);
    for (const id of ports.rows.keys()) ports.failing.set(id, [failure()]);
    ports.probes = [good, down('clusterUnavailable')];

    const summary = await run(ports, { concurrency: 32 });

    expect(summary.stoppedBy).toBe('clusterUnavailable');
    expect(ports.changes.size).toBe(0);
    expect(ports.recorded).toHaveLength(summary.outcomes.failed);
  });

  it('comes at once when the credentials are refused for one session', async () => {
    const ports = abandoned(100);
    for (const id of ports.rows.keys()) {
      ports.failing.set(id, [failure({ kind: 'accessDenied', retryable: false, httpStatus: 403 })]);
    }
    ports.probes = [good, down('accessDenied')];

    const summary = await run(ports, { concurrency: 1 });

    expect(summary).toMatchObject({ stoppedBy: 'accessDenied', outcomes: { failed: 1 } });
    expect(ports.changes.size).toBe(0);
  });

  it('lets no session start while it is under way, and judges only failures from before it', async () => {
    const ports = abandoned(40);
    for (const id of ports.rows.keys()) ports.failing.set(id, [failure()]);
    let asked = 0;
    let startedMeanwhile = 0;
    const { probe } = ports;
    ports.probe = async (call) => {
      asked += 1;
      if (asked === 1) return probe(call);
      // Those that had started before may still ask.
      await new Promise((go) => setImmediate(go));
      const before = ports.calls.length;
      for (let n = 0; n < 20; n += 1) await new Promise((go) => setImmediate(go));
      startedMeanwhile += ports.calls.length - before;
      return asked === 2 ? good : down('clusterUnavailable');
    };

    const summary = await run(ports, { concurrency: 4 });

    expect(startedMeanwhile).toBe(0);
    expect(summary.stoppedBy).toBe('clusterUnavailable');
    // Those that the second probe found to be the sessions' own, and no others.
    expect(ports.changes.size).toBeGreaterThanOrEqual(5);
    expect(ports.changes.size).toBeLessThan(summary.outcomes.failed);
  });

  it('is not repeated for failures that come in after it found the cluster down', async () => {
    const ports = abandoned(12);
    for (const id of ports.rows.keys()) ports.failing.set(id, [failure()]);
    ports.probes = [good, down('clusterUnavailable'), good];

    const summary = await run(ports, { concurrency: 12 });

    expect(summary.stoppedBy).toBe('clusterUnavailable');
    expect(ports.calls.filter((call) => call === 'PROBE')).toHaveLength(2);
    expect(ports.changes.size).toBe(0);
    expect(summary.outcomes.failed).toBeGreaterThan(5);
    expect(ports.recorded).toHaveLength(summary.outcomes.failed);
  });

  it("ends the sweep when the cluster's clock differs too much", async () => {
    const ports = abandoned(2);
    ports.probes = [{ ...good, clusterDate: new Date(NOW.getTime() + 6 * MINUTE) }];

    expect(await run(ports)).toMatchObject({ stoppedBy: 'clockSkew' });
    expect(ports.cluster.size).toBe(2);
  });
});

describe('whatever ends a sweep, what is in flight is recorded', () => {
  it('when the storage fails while pages are read', async () => {
    const ports = abandoned(8);
    const { pagesOfSessions, getSession } = ports;
    ports.pagesOfSessions = async function* (range, cutoff, signal) {
      yield* pagesOfSessions(range, cutoff, signal);
      throw new Error('the storage is gone');
    };
    ports.getSession = async (id, call) => {
      for (let n = 0; n < 10; n += 1) await new Promise((go) => setImmediate(go));
      return getSession(id, call);
    };

    await expect(run(ports, { concurrency: 8 })).rejects.toThrow('the storage is gone');

    expect(ports.recorded.filter(({ outcome }) => outcome === 'deleted')).toHaveLength(8);
    expect(ports.rows.size).toBe(0);
  });

  it('when one row cannot be written: the others are settled, and the run names it', async () => {
    const ports = abandoned(71);
    const { removeSession } = ports;
    ports.removeSession = async (session) => {
      if (session.rowKey !== FIRST) return removeSession(session);
      throw new RowRefusedError({ partition: session.partition, rowKey: FIRST, code: 'TooManyProperties' });
    };

    const summary = await run(ports);

    expect(summary).toMatchObject({ stoppedBy: 'error', rowsRefused: 1, error: expect.stringContaining(FIRST) });
    expect(ports.recorded).toHaveLength(71);
    expect([...ports.rows.keys()]).toEqual([FIRST]);
  });

  it('when one row cannot be written and the sweep was cut short as well: the run still names the row', async () => {
    const ports = abandoned(5);
    const { removeSession } = ports;
    ports.removeSession = async (session) => {
      if (session.rowKey !== FIRST) return removeSession(session);
      throw new RowRefusedError({ partition: session.partition, rowKey: FIRST, code: 'EntityTooLarge' });
    };

    expect(await run(ports, { limit: 2 })).toMatchObject({ stoppedBy: 'error', error: expect.stringContaining(FIRST) });
  });

  it('when one outcome cannot be written: its row stays, and the run names it', async () => {
    const ports = abandoned(3);
    const { recordOutcomes } = ports;
    ports.recordOutcomes = async (records) => {
      const refused = records.filter(({ rowKey }) => rowKey === SECOND);
      await recordOutcomes(records.filter((record) => !refused.includes(record)));
      return refused.map((record) => ({ record, error: new RowRefusedError({ ...record, code: 'EntityTooLarge' }) }));
    };

    expect(await run(ports)).toMatchObject({ stoppedBy: 'error', rowsRefused: 1 });
    expect([...ports.rows.keys()]).toEqual([SECOND]);
  });

  it('when the storage failed for a moment while it recorded', async () => {
    const ports = abandoned(3);
    const { recordOutcomes } = ports;
    let calls = 0;
    ports.recordOutcomes = async (records) => {
      calls += 1;
      if (calls === 1) throw new Error('the storage is gone');
      return recordOutcomes(records);
    };

    await expect(run(ports)).rejects.toThrow('the storage is gone');

    expect(ports.recorded.map(({ outcome }) => outcome)).toContain('deleted');
    expect(ports.recorded).toHaveLength(3 - ports.cluster.size);
  });
});

describe('a sweep that was cut short', () => {
  it('notes the last key it took, and the next ones continue behind it and wrap around', async () => {
    const ports = abandoned(20);
    // Nobody is deleted, so that each sweep meets all of them.
    for (const id of ports.rows.keys()) ports.failing.set(id, [failure({ kind: 'timedOut' })]);
    const tried: string[][] = [];

    for (let n = 0; n < 5; n += 1) {
      ports.calls.length = 0;
      await run(ports, { limit: 5 });
      tried.push(ports.calls.filter((call) => call !== 'PROBE'));
    }

    const expected = (first: number) => Array.from({ length: 5 }, (_, n) => `GET ${sessionId(first + n)}`);
    expect(tried).toEqual([expected(1), expected(6), expected(11), expected(16), expected(1)]);
    expect(ports.runs[0]).toMatchObject({
      stoppedBy: 'limit',
      resumeAfter: { partition: 'default', rowKey: sessionId(5) },
    });
  });

  it('keeps its place when the cluster is down', async () => {
    const ports = abandoned(10);
    await run(ports, { limit: 2 });
    ports.probes = [down('clusterUnavailable')];

    expect(await run(ports)).toMatchObject({ resumeAfter: { rowKey: sessionId(2) } });
  });

  it('forgets its place when the next one has seen everything', async () => {
    const ports = abandoned(10);
    await run(ports, { limit: 2 });

    expect(await run(ports)).not.toHaveProperty('resumeAfter');
  });

  it('by its time budget looks at the time on every page and partition, due or not', async () => {
    const ports = memoryPorts();
    let pages = 0;
    ports.now = () => new Date(NOW.getTime() + pages * 300);
    ports.pagesOfSessions = async function* () {
      pages += 1;
      yield { sessions: [], storageDate: ports.now() };
    };
    const partitions = Array.from({ length: 256 }, (_, n) => `p${n}`);

    const summary = await run(ports, { partitions, timeBudgetMs: 5_000 });

    expect(summary.stoppedBy).toBe('timeBudget');
    expect(pages).toBeLessThan(20);
  });

  it('continues behind partitions and rows that hold nothing due, so that none is out of reach for its time budget', async () => {
    const partitions = Array.from({ length: 40 }, (_, n) => `p${n}`);
    const waiting = Array.from({ length: 60 }, (_, n) =>
      row(sessionId(n + 1), { partition: 'p20', nextAttemptAt: new Date(NOW.getTime() + MINUTE) }),
    );
    const last = row(sessionId(99), { partition: 'p39' });
    const ports = memoryPorts({ rows: [...waiting, last], cluster: [onCluster(sessionId(99))] });
    const { pagesOfSessions } = ports;
    let pages = 0;
    ports.now = () => new Date(NOW.getTime() + pages * 300);
    ports.pagesOfSessions = async function* (...query) {
      for await (const { sessions } of pagesOfSessions(...query)) {
        for (let n = 0; n === 0 || n < sessions.length; n += 3) {
          pages += 1;
          yield { sessions: sessions.slice(n, n + 3), storageDate: ports.now() };
        }
      }
    };

    for (let n = 0; n < 8; n += 1) {
      await sweep(ports, { ...RULES, partitions, timeBudgetMs: 3_000 }, { ...RUN, startedAt: ports.now() });
    }

    expect(ports.runs[0]).toMatchObject({ stoppedBy: 'timeBudget', scanned: 0 });
    expect([...ports.cluster.keys()]).toEqual([]);
  });

  it('ends a query in its middle when it is interrupted', async () => {
    const ports = memoryPorts();
    const stop = new AbortController();
    ports.pagesOfSessions = async function* (_range, _cutoff, signal) {
      stop.abort();
      await new Promise((_, reject) => {
        const end = () => reject(new Error('AbortError'));
        if (signal.aborted) end();
        signal.addEventListener('abort', end);
      });
      yield { sessions: [], storageDate: NOW };
    };

    expect(await run(ports, {}, stop.signal)).toMatchObject({ stoppedBy: 'aborted' });
  });
});

describe('the rules for a shorter age', () => {
  it('let the clocks differ by a third of it at most', () => {
    expect(olderThanRules(RULES, 2 * MINUTE)).toMatchObject({ staleAfterMs: 2 * MINUTE, maxClockSkewMs: 40_000 });
    expect(olderThanRules(RULES, 60 * MINUTE)).toMatchObject({ maxClockSkewMs: RULES.maxClockSkewMs });
  });
});

describe('a sweep of one owner', () => {
  it('takes only the sessions of that owner, and says nothing of where the next sweep begins', async () => {
    const ports = memoryPorts({
      rows: [row(FIRST, { owner: 'build-7' }), row(SECOND, { owner: 'build-70' }), row(THIRD)],
      cluster: [onCluster(FIRST), onCluster(SECOND), onCluster(THIRD)],
    });

    const summary = await run(ports, { owner: 'build-7', limit: 1 });

    expect([...ports.cluster.keys()]).toEqual([SECOND, THIRD]);
    expect(summary).not.toHaveProperty('resumeAfter');
    expect(summary).not.toHaveProperty('resumable');
  });
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
        call.signal?.addEventListener('abort', () =>
          reject(failure({ kind: 'aborted', retryable: false, code: undefined })),
        ),
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
    expect(ports.calls.filter((call) => call !== 'PROBE')).toEqual([]);
  });

  it.each(['cluster', 'storage service'])(
    'when the clock of the %s differs too much: nothing is deleted, nobody charged',
    async (whose) => {
      const ports = abandoned(10);
      const apart = new Date(NOW.getTime() + 6 * MINUTE);
      if (whose === 'cluster') ports.clusterDate = apart;
      else ports.storageDate = apart;

      const summary = await run(ports);

      expect(summary).toMatchObject({
        stoppedBy: 'clockSkew',
        error: expect.stringContaining(`clock of the ${whose}`),
      });
      expect(ports.cluster.size).toBe(10);
      expect(ports.changes.size).toBe(0);
    },
  );
});
