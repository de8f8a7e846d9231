import { describe, expect, it } from '@jest/globals';
import { sweep } from '../../src/cleanup/sweep.ts';
import { failure, MINUTE, memoryPorts, NOW, onCluster, RULES, row, sessionId } from '../doubles/memoryPorts.ts';
import { abandoned, down, RUN, run } from './sweeps.ts';

describe('a sweep that did not complete', () => {
  it('notes the last key it took; the next sweeps continue after it and wrap around', async () => {
    const ports = abandoned(20);
    // No session is deleted, so that each sweep reads all of them.
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

  it('keeps the position if the cluster is down', async () => {
    const ports = abandoned(10);
    await run(ports, { limit: 2 });
    ports.probes = [down('clusterUnavailable')];

    expect(await run(ports)).toMatchObject({ resumeAfter: { rowKey: sessionId(2) } });
  });

  it('keeps the position if it could not be read', async () => {
    const ports = abandoned(10);
    ports.resumeAfter = async () => {
      throw new Error('the storage is gone');
    };

    await expect(run(ports)).rejects.toThrow('the storage is gone');

    expect(ports.runs).toMatchObject([{ stoppedBy: 'error' }]);
    expect(ports.runs[0]).not.toHaveProperty('resumable');
  });

  it('has no position once the next sweep has processed everything', async () => {
    const ports = abandoned(10);
    await run(ports, { limit: 2 });

    expect(await run(ports)).not.toHaveProperty('resumeAfter');
  });

  it('checks its time budget on every page and partition, due or not', async () => {
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

  it('continues after partitions and rows with nothing due, so that all are reached in spite of a short time budget', async () => {
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

  it('aborts a query when it is interrupted', async () => {
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
