import { describe, expect, it } from '@jest/globals';
import { type CleanupRules, cleanUpSession } from '../../src/cleanup/cleanUpSession.ts';
import {
  failure,
  type MemoryPorts,
  MINUTE,
  memoryPorts,
  minutesAgo,
  NOW,
  onCluster,
  RULES,
  sessionId,
} from '../doubles/memoryPorts.ts';

const ID = sessionId(1);
const GUARDED: CleanupRules = { ...RULES, guarded: true };

const withSession = (facts: Parameters<typeof onCluster>[1]): MemoryPorts =>
  memoryPorts({ cluster: [onCluster(ID, facts)] });

describe('cleaning up one session', () => {
  it('deletes a session that is silent for longer than STALE_AFTER, and notes the bytes that it held', async () => {
    const ports = withSession({});

    const { outcome } = await cleanUpSession(ports, ID, GUARDED);

    expect(outcome).toEqual({ kind: 'deleted', bytes: 3, fileSizeBytes: 10, complete: false });
    expect(ports.calls).toEqual([`GET ${ID}`, `DELETE ${ID}`]);
  });

  it('leaves a session alone that got a chunk within STALE_AFTER', async () => {
    const ports = withSession({ modifiedAt: minutesAgo(14) });

    const { outcome } = await cleanUpSession(ports, ID, GUARDED);

    expect(outcome).toEqual({ kind: 'active', lastActivity: minutesAgo(14), because: 'receivingChunks' });
    expect(ports.calls).toEqual([`GET ${ID}`]);
  });

  it('leaves a session with all its chunks alone until it is twice as old, since its commit may be in progress', async () => {
    const young = withSession({ missingRanges: [], modifiedAt: minutesAgo(29) });
    const old = withSession({ missingRanges: [], modifiedAt: minutesAgo(30) });

    expect((await cleanUpSession(young, ID, GUARDED)).outcome).toMatchObject({ because: 'maybeCommitting' });
    expect((await cleanUpSession(old, ID, GUARDED)).outcome).toEqual({
      kind: 'deleted',
      bytes: 10,
      fileSizeBytes: 10,
      complete: true,
    });
  });

  it('sends no DELETE if the cluster has no such session', async () => {
    const ports = memoryPorts();

    expect((await cleanUpSession(ports, ID, GUARDED)).outcome).toEqual({ kind: 'notFound' });
    expect(ports.calls).toEqual([`GET ${ID}`]);
  });

  it.each(['modifiedAt', 'missingRanges'] as const)(
    'never deletes on a guess: without a readable %s',
    async (field) => {
      const { [field]: _, ...rest } = onCluster(ID);
      const ports = memoryPorts({ cluster: [rest] });

      const { outcome } = await cleanUpSession(ports, ID, GUARDED);

      expect(outcome).toMatchObject({ kind: 'failed', error: { kind: 'unexpectedAnswer' } });
      expect(ports.cluster.has(ID)).toBe(true);
    },
  );

  it("never deletes on a guess: without the cluster's Date", async () => {
    const ports = withSession({});
    ports.clusterDate = undefined;

    expect((await cleanUpSession(ports, ID, GUARDED)).outcome).toMatchObject({ kind: 'failed' });
    expect(ports.cluster.has(ID)).toBe(true);
  });

  it('reports a last chunk from the future as a clock error, not as an active upload', async () => {
    const ports = withSession({ modifiedAt: minutesAgo(-6) });

    const { outcome } = await cleanUpSession(ports, ID, GUARDED);

    expect(outcome).toMatchObject({ kind: 'failed', error: { kind: 'clockSkew', skewMs: 6 * MINUTE } });
    expect(ports.cluster.has(ID)).toBe(true);
  });

  it('treats a last chunk that is ahead by no more than the allowed clock difference as an active upload', async () => {
    const ports = withSession({ modifiedAt: minutesAgo(-5) });

    expect((await cleanUpSession(ports, ID, GUARDED)).outcome).toMatchObject({ kind: 'active' });
  });

  it.each([
    ['behind', -6],
    ['ahead', 6],
  ])('deletes nothing when the clock of the cluster is %s by more than MAX_CLOCK_SKEW', async (_, minutes) => {
    const ports = withSession({ modifiedAt: minutesAgo(120) });
    ports.clusterDate = new Date(NOW.getTime() + minutes * MINUTE);

    const { outcome } = await cleanUpSession(ports, ID, GUARDED);

    expect(outcome).toMatchObject({ kind: 'failed', error: { skewMs: minutes * MINUTE } });
    expect(ports.cluster.has(ID)).toBe(true);
  });

  it('counts the time since the last chunk by the earlier of the two clocks', async () => {
    const behind = withSession({ modifiedAt: minutesAgo(17) });
    behind.clusterDate = minutesAgo(4);
    const ahead = withSession({ modifiedAt: minutesAgo(13) });
    ahead.clusterDate = new Date(NOW.getTime() + 4 * MINUTE);

    expect((await cleanUpSession(behind, ID, GUARDED)).outcome).toMatchObject({ kind: 'active' });
    expect((await cleanUpSession(ahead, ID, GUARDED)).outcome).toMatchObject({ kind: 'active' });
  });

  it('deletes an active session if it is not guarded', async () => {
    const ports = withSession({ modifiedAt: NOW });

    const { outcome } = await cleanUpSession(ports, ID, { ...RULES, guarded: false });

    expect(outcome).toEqual({ kind: 'deleted' });
    expect(ports.calls).toEqual([`DELETE ${ID}`]);
  });

  it('calls a session not found that is gone when the DELETE arrives', async () => {
    const ports = memoryPorts();

    expect((await cleanUpSession(ports, ID, { ...RULES, guarded: false })).outcome).toEqual({ kind: 'notFound' });
  });

  it('returns a failed call as an outcome and throws a bug', async () => {
    const ports = withSession({});
    ports.failing.set(ID, [failure({ requestId: 'r-1' })]);

    const { outcome, requestId } = await cleanUpSession(ports, ID, GUARDED);
    ports.getSession = async () => {
      throw new TypeError('a bug');
    };

    expect(outcome).toMatchObject({ kind: 'failed', error: { httpStatus: 503 } });
    expect(requestId).toBe('r-1');
    await expect(cleanUpSession(ports, ID, GUARDED)).rejects.toThrow('a bug');
  });
});

describe('retrying within a cleanup', () => {
  const patient = { ...GUARDED, maxTries: 3 };

  it('retries a transient failure, the guard included, and counts the tries', async () => {
    const ports = withSession({});
    const { deleteSession } = ports;
    let deletes = 0;
    ports.deleteSession = (id, call) => {
      deletes += 1;
      return deletes === 1 ? Promise.reject(failure()) : deleteSession(id, call);
    };

    const { outcome, tries } = await cleanUpSession(ports, ID, patient);

    expect(outcome).toMatchObject({ kind: 'deleted', bytes: 3 });
    expect(tries).toBe(2);
    expect(ports.calls).toEqual([`GET ${ID}`, `GET ${ID}`, `DELETE ${ID}`]);
  });

  it('sees a chunk that came in while it waited', async () => {
    const ports = withSession({});
    ports.deleteSession = async () => {
      ports.cluster.set(ID, onCluster(ID, { modifiedAt: NOW }));
      throw failure();
    };

    expect((await cleanUpSession(ports, ID, patient)).outcome).toMatchObject({ kind: 'active', lastActivity: NOW });
  });

  it('gives up after as many tries as the rules say', async () => {
    const ports = withSession({});
    ports.failing.set(ID, [failure()]);

    const { outcome, tries } = await cleanUpSession(ports, ID, patient);

    expect(outcome.kind).toBe('failed');
    expect(tries).toBe(3);
    expect(ports.calls).toHaveLength(3);
  });

  it.each([
    ['a permanent failure', { retryable: false }],
    ['a wait longer than a cleanup has', { retryAfterMs: 30_001 }],
  ])('tries only once for %s', async (_, facts) => {
    const ports = withSession({});
    ports.failing.set(ID, [failure(facts)]);

    expect((await cleanUpSession(ports, ID, patient)).tries).toBe(1);
  });

  it('asks the guard again at once if the DELETE could not be sent in time, up to three tries', async () => {
    const ports = withSession({});
    ports.failing.set(ID, [failure({ kind: 'tooLate', code: undefined, httpStatus: undefined })]);

    const { outcome, tries } = await cleanUpSession(ports, ID, { ...patient, firstWaitMs: 60_000 });

    expect(outcome).toMatchObject({ kind: 'failed', error: { kind: 'tooLate' } });
    expect(tries).toBe(3);
  });

  it('ends its wait when the sweep is stopped, and makes no further call', async () => {
    const ports = withSession({});
    ports.failing.set(ID, [failure({ retryAfterMs: 1_000 })]);
    const stop = new AbortController();

    const cleaning = cleanUpSession(ports, ID, patient, { stopped: stop.signal });
    setImmediate(() => stop.abort());
    const { outcome, tries } = await cleaning;

    expect(outcome.kind).toBe('failed');
    expect([tries, ports.calls.length]).toEqual([1, 1]);
  });
});

describe('a DELETE whose answer is not known', () => {
  const patient = { ...GUARDED, maxTries: 3 };
  const timedOut = failure({ kind: 'timedOut', httpStatus: 504, code: 'FABRIC_E_TIMEOUT', deleteSent: true });

  it('counts as done when the next look-up finds nothing', async () => {
    const ports = withSession({});
    ports.deleteSession = async () => {
      ports.cluster.delete(ID);
      throw timedOut;
    };

    const { outcome, tries } = await cleanUpSession(ports, ID, patient);

    expect(outcome).toMatchObject({ kind: 'deleted', bytes: 3 });
    expect(tries).toBe(2);
  });

  it('counts as done when the gateway that gets it next knows no such session', async () => {
    const ports = withSession({});
    ports.failing.set(ID, [failure({ kind: 'notFound', retryable: false, httpStatus: 404, deleteSent: true })]);

    const { outcome } = await cleanUpSession(ports, ID, { ...RULES, guarded: false });

    expect(outcome).toEqual({ kind: 'deleted' });
  });

  it('is remembered by a cleanup that fails, and counts in the next one', async () => {
    const ports = withSession({});
    ports.deleteSession = async () => {
      throw timedOut;
    };

    const first = await cleanUpSession(ports, ID, GUARDED);
    ports.cluster.delete(ID);
    const second = await cleanUpSession(ports, ID, GUARDED, {}, first.deleteSent);

    expect(first).toMatchObject({ outcome: { kind: 'failed' }, deleteSent: true });
    expect(second.outcome).toEqual({ kind: 'deleted' });
  });

  it('is needed to call a session deleted that is gone', async () => {
    expect((await cleanUpSession(memoryPorts(), ID, GUARDED)).outcome).toEqual({ kind: 'notFound' });
  });
});
