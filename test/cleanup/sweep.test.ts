import { describe, expect, it } from '@jest/globals';
import { failure, memoryPorts, minutesAgo, onCluster, row, sessionId } from '../doubles/memoryPorts.ts';
import { asSessionId } from '../doubles/sessionIds.ts';
import { abandoned, FIRST, run, SECOND, THIRD } from './sweeps.ts';

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

  it('counts the stale sessions, and notes the oldest that is not given up', async () => {
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

  it('has no more calls in flight than SWEEP_CONCURRENCY', async () => {
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

  it('asks for a session by its id and settles the row under its own key', async () => {
    const id = asSessionId('6f9619ff-8b86-d011-b42d-00c04fc964ff');
    const key = id.toUpperCase();
    const ports = memoryPorts({ rows: [row(key)], cluster: [onCluster(id)] });

    await run(ports);

    expect(ports.calls.at(-1)).toBe(`DELETE ${id}`);
    expect(ports.recorded[0]?.sessionId).toBe(id);
    expect(ports.writes.at(-1)).toBe(`remove ${key}`);
  });

  it('moves the last activity of a live session forward, so that the next sweep skips it', async () => {
    const ports = memoryPorts({ rows: [row(FIRST)], cluster: [onCluster(FIRST, { modifiedAt: minutesAgo(2) })] });

    await run(ports);

    expect(ports.changes.get(FIRST)).toEqual({ lastActivity: minutesAgo(2), attempts: 0 });
  });

  it('never moves the last activity of a session back', async () => {
    const complete = onCluster(FIRST, { modifiedAt: minutesAgo(25), missingRanges: [] });
    const ports = memoryPorts({ rows: [row(FIRST, { lastActivity: minutesAgo(18) })], cluster: [complete] });

    await run(ports);

    expect(ports.recorded).toMatchObject([{ outcome: 'active', lastActivity: minutesAgo(25) }]);
    expect(ports.changes.size).toBe(0);
  });

  it('forgets an earlier DELETE whose answer is unknown once the session is found active', async () => {
    const columns = { lastActivity: minutesAgo(25), deleteSentAt: minutesAgo(20) };
    const complete = onCluster(FIRST, { modifiedAt: minutesAgo(25), missingRanges: [] });
    const ports = memoryPorts({ rows: [row(FIRST, columns)], cluster: [complete] });
    await run(ports);
    ports.rows.set(FIRST, row(FIRST, { ...columns, ...ports.changes.get(FIRST) }));
    // Its uploader commits it.
    ports.cluster.delete(FIRST);

    await run(ports);

    expect(ports.recorded.map(({ outcome }) => outcome)).toEqual(['active', 'notFound']);
  });
});
