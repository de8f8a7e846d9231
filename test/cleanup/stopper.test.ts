import { describe, expect, it } from '@jest/globals';
import { failure, MINUTE, NOW, sessionId } from '../doubles/memoryPorts.ts';
import { abandoned, run } from './sweeps.ts';

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

  it('by its caller: calls in flight finish and are recorded, or are aborted after a while', async () => {
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

  it('before it begins if its caller has already stopped it', async () => {
    const ports = abandoned(2);

    expect(await run(ports, {}, AbortSignal.abort())).toMatchObject({ stoppedBy: 'aborted' });
    expect(ports.calls.filter((call) => call !== 'PROBE')).toEqual([]);
  });

  it.each(['cluster', 'storage service'])(
    'when the clock of the %s differs too much: nothing is deleted, no session is charged',
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
