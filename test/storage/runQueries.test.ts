import { describe, expect, it } from '@jest/globals';
import type { RunRecord } from '../../src/cleanup/model/runRecord.ts';
import { allRows, testTables } from '../support/tables.ts';

const NOON = new Date('2026-11-22T12:00:00.000Z');
const RUN_ID = 'aaaaaaaa-0000-4000-8000-000000000000';
const minutesLater = (minutes: number) => new Date(NOON.getTime() + minutes * 60_000);
const ALL = { since: minutesLater(-10_000), until: minutesLater(10_000) };

type Row = RunRecord & { clusterName: string };

const run = (columns: Partial<Row> = {}): Row => ({
  clusterName: 'farm',
  runId: RUN_ID,
  sweepId: RUN_ID,
  trigger: 'timer',
  startedAt: NOON,
  durationMs: 84,
  scanned: 7,
  stale: 6,
  oldestStaleAt: minutesLater(-90),
  outcomes: { deleted: 3, wouldDelete: 0, notFound: 1, active: 2, failed: 0, invalid: 1 },
  bytesFreed: 12_345_678_901,
  bytesToFree: undefined,
  dryRun: false,
  stoppedBy: 'completed',
  error: undefined,
  ...columns,
});

describe('the list of runs', () => {
  it('reads back every column that was recorded, of a sweep and of a dry run', async () => {
    const { storage } = testTables();
    const swept = run({
      ...{
        startedAt: minutesLater(1),
        stoppedBy: 'clusterUnavailable',
        error: 'busy',
        rowsRefused: 2,
        resumable: true,
      },
      resumeAfter: { partition: 'farm', rowKey: RUN_ID },
      probe: { at: minutesLater(2), verdict: 'clusterUnavailable' },
      store: { stagedBytes: 9_876_543_210, stagedFiles: 7, capacityBytes: 99_876_543_210, availableBytes: 0 },
    });
    const dry = run({ dryRun: true, bytesFreed: 0, bytesToFree: 9_876_543_210 });
    const part = run({ store: 'unknown', startedAt: minutesLater(-1), sweepId: 'a-sweep', partition: 'farm-0' });
    const beginning = run({ startedAt: minutesLater(-2), sweepId: 'a-sweep', parts: 16, stoppedBy: 'fannedOut' });
    for (const one of [swept, dry, part, beginning]) await storage.recordRun(one);

    const { items } = await storage.listRuns('farm', ALL, 10);

    expect(items.map((one) => ({ clusterName: 'farm', ...one }))).toEqual([swept, dry, part, beginning]);
  });

  it("pages the newest first, within a time, and leaves another cluster's alone", async () => {
    const { storage } = testTables();
    for (const minute of [1, 4, 2, 5, 3]) await storage.recordRun(run({ startedAt: minutesLater(minute) }));
    await storage.recordRun(run({ clusterName: 'farm-2' }));
    const time = { since: minutesLater(2), until: minutesLater(5) };

    const first = await storage.listRuns('farm', time, 2);
    const second = await storage.listRuns('farm', time, 2, first.next);

    expect([first, second].map(({ items }) => items.map(({ startedAt }) => startedAt))).toEqual([
      [minutesLater(5), minutesLater(4)],
      [minutesLater(3), minutesLater(2)],
    ]);
    expect(second.next).toBeUndefined();
  });

  it('ends with an AbortError if it is aborted', async () => {
    const listed = testTables().storage.listRuns('farm', ALL, 10, undefined, AbortSignal.abort());

    await expect(listed).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('is empty if there is no table yet', async () => {
    const { storage } = testTables();

    expect(await storage.listRuns('farm', ALL, 10)).toEqual({ items: [] });
    expect(await testTables().storage.runsOfSweep('farm', 'any', ALL, () => false)).toEqual([]);
    expect(await testTables().storage.lastRunOver('farm', 'farm-0', NOON)).toBeUndefined();
  });

  it('reads a run of an earlier version as a sweep by itself', async () => {
    const { storage, runs } = testTables();
    await storage.recordRun(run());
    for (const { rowKey = '', sweepId, ...columns } of await allRows(runs)) {
      expect(sweepId).toBe(RUN_ID);
      await runs.updateEntity({ ...columns, partitionKey: 'farm', rowKey }, 'Replace');
    }

    const { items } = await storage.listRuns('farm', ALL, 10);

    expect(items).toMatchObject([{ runId: RUN_ID, sweepId: RUN_ID }]);
    expect(items[0]?.outcomes).toEqual(run().outcomes);
    expect(await storage.runsOfSweep('farm', RUN_ID, ALL, () => false)).toEqual(items);
  });

  it('reads a stop reason and a trigger of a later version as an error of a request', async () => {
    const { storage, runs } = testTables();
    await storage.recordRun(run());
    for (const row of await allRows(runs)) {
      const { partitionKey = '', rowKey = '' } = row;
      await runs.updateEntity({ partitionKey, rowKey, stoppedBy: 'meteor', trigger: 'constructor' }, 'Merge');
    }

    expect((await storage.listRuns('farm', ALL, 10)).items).toMatchObject([{ stoppedBy: 'error', trigger: 'http' }]);
  });
});

describe('the runs of one sweep', () => {
  it('are found among those of others, and a page of them as well', async () => {
    const { storage } = testTables();
    await storage.recordRun(run({ runId: 'first', sweepId: 'first', parts: 2, stoppedBy: 'fannedOut' }));
    for (const [minute, sweepId] of [
      [1, 'first'],
      [2, 'second'],
      [3, 'first'],
    ] as const) {
      await storage.recordRun(run({ runId: `run-${minute}`, sweepId, startedAt: minutesLater(minute) }));
    }
    const idsOf = (runs: { runId: string }[]) => runs.map(({ runId }) => runId);

    expect(idsOf(await storage.runsOfSweep('farm', 'first', ALL, () => false))).toEqual(['run-3', 'run-1', 'first']);
    const page = await storage.listRuns('farm', { ...ALL, sweepId: 'first' }, 2);
    const next = await storage.listRuns('farm', { ...ALL, sweepId: 'first' }, 2, page.next);
    expect([page, next].map(({ items }) => idsOf(items))).toEqual([['run-3', 'run-1'], ['first']]);
  });

  it('are found by partition: the newest at or after an instant', async () => {
    const { storage } = testTables();
    for (const minute of [1, 2]) {
      const partition = 'farm-0';
      await storage.recordRun(run({ runId: `run-${minute}`, partition, startedAt: minutesLater(minute) }));
    }
    await storage.recordRun(run({ partition: 'farm-1', startedAt: minutesLater(3) }));
    await storage.recordRun(run({ startedAt: minutesLater(4) }));

    expect(await storage.lastRunOver('farm', 'farm-0', NOON)).toMatchObject({ runId: 'run-2' });
    expect(await storage.lastRunOver('farm', 'farm-0', minutesLater(2))).toMatchObject({ runId: 'run-2' });
    expect(await storage.lastRunOver('farm', 'farm-0', minutesLater(2.001))).toBeUndefined();
    expect(await storage.lastRunOver('farm', 'farm', NOON)).toBeUndefined();
  });
});

describe('where the last run over the same partitions stopped', () => {
  const resumeAfter = { partition: 'farm', rowKey: 'k' };

  it('is that of the newest run that has a position', async () => {
    const { storage } = testTables();
    await storage.recordRun(run({ resumable: true, stoppedBy: 'limit', resumeAfter }));
    await storage.recordRun(run({ startedAt: minutesLater(1), stoppedBy: 'limit' }));

    expect(await storage.resumePosition('farm')).toEqual(resumeAfter);
    expect(await storage.resumePosition('other')).toBeUndefined();
  });

  it('is undefined once a run has processed everything', async () => {
    const { storage } = testTables();
    await storage.recordRun(run({ resumable: true, stoppedBy: 'limit', resumeAfter }));
    await storage.recordRun(run({ startedAt: minutesLater(1), resumable: true }));

    expect(await storage.resumePosition('farm')).toBeUndefined();
  });

  it('may be before the first row of a partition', async () => {
    const { storage } = testTables();
    const first = { partition: 'farm-a', rowKey: '' };
    await storage.recordRun(run({ resumable: true, stoppedBy: 'timeBudget', resumeAfter: first }));

    expect(await storage.resumePosition('farm')).toEqual(first);
  });

  it('is kept for each partition of a fanned-out sweep by itself', async () => {
    const { storage } = testTables();
    await storage.recordRun(run({ resumable: true, partition: 'farm-a', stoppedBy: 'limit', resumeAfter }));

    expect(await storage.resumePosition('farm', 'farm-a')).toEqual(resumeAfter);
    expect(await storage.resumePosition('farm', 'farm-b')).toBeUndefined();
    expect(await storage.resumePosition('farm')).toBeUndefined();
  });
});
