import { describe, expect, it } from '@jest/globals';
import { sweep } from '../../src/cleanup/sweep.ts';
import { failure, MINUTE, memoryPorts, NOW, RULES, sessionId } from '../doubles/memoryPorts.ts';
import { abandoned, down, FIRST, good, RUN, run, SECOND } from './sweeps.ts';

describe('the probe', () => {
  it('comes first in a scheduled sweep, even if nothing is stale', async () => {
    const ports = memoryPorts();
    ports.probes = [down('clusterUnavailable')];

    expect(await run(ports)).toMatchObject({
      stoppedBy: 'clusterUnavailable',
      probe: { verdict: 'clusterUnavailable' },
    });
    expect(ports.calls).toEqual(['PROBE']);
  });

  it('comes before the first due session with another trigger, and not without one', async () => {
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

  it('shows that the cluster works: held failures are charged, and other sessions do not wait for it', async () => {
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

  it.each([1, 4, 5, 40])('that finds the cluster down does not charge any of %s failed sessions', async (count) => {
    const ports = abandoned(count);
    for (const id of ports.rows.keys()) ports.failing.set(id, [failure()]);
    ports.probes = [good, down('clusterUnavailable')];

    const summary = await run(ports, { concurrency: 32 });

    expect(summary.stoppedBy).toBe('clusterUnavailable');
    expect(ports.changes.size).toBe(0);
    expect(ports.recorded).toHaveLength(summary.outcomes.failed);
  });

  it('comes at once if the credentials are refused for one session', async () => {
    const ports = abandoned(100);
    for (const id of ports.rows.keys()) {
      ports.failing.set(id, [failure({ kind: 'accessDenied', retryable: false, httpStatus: 403 })]);
    }
    ports.probes = [good, down('accessDenied')];

    const summary = await run(ports, { concurrency: 1 });

    expect(summary).toMatchObject({ stoppedBy: 'accessDenied', outcomes: { failed: 1 } });
    expect(ports.changes.size).toBe(0);
  });

  it('delays the start of other sessions, and judges only failures from before it', async () => {
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

  it('is not repeated for failures after it found the cluster down', async () => {
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
