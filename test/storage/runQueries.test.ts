import { describe, expect, it } from '@jest/globals';
import type { RunRecord } from '../../src/storage/runTable.ts';
import { testTables } from '../support/tables.ts';

const NOON = new Date('2026-11-22T12:00:00.000Z');
const minutesLater = (minutes: number) => new Date(NOON.getTime() + minutes * 60_000);
const ALL = { since: minutesLater(-10_000), until: minutesLater(10_000) };

const run = (columns: Partial<RunRecord> = {}): RunRecord => ({
  clusterName: 'farm',
  runId: 'aaaaaaaa-0000-4000-8000-000000000000',
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
    const swept = run({ startedAt: minutesLater(1), stoppedBy: 'clusterUnavailable', error: 'busy' });
    const dry = run({ dryRun: true, bytesFreed: 0, bytesToFree: 9_876_543_210 });
    for (const one of [swept, dry]) await storage.recordRun(one);

    const { items } = await storage.listRuns('farm', ALL, 10);

    expect(items.map((one) => ({ clusterName: 'farm', ...one }))).toEqual([swept, dry]);
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

  it('ends with an AbortError when it is told to', async () => {
    const listed = testTables().storage.listRuns('farm', ALL, 10, undefined, AbortSignal.abort());

    await expect(listed).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('is empty where there is no table yet', async () => {
    expect(await testTables().storage.listRuns('farm', ALL, 10)).toEqual({ items: [] });
  });
});
