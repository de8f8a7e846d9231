import { describe, expect, it } from '@jest/globals';
import { openStorage } from '../../src/storage/storage.ts';
import { aRun } from '../doubles/runRecord.ts';
import { allRows, connection, type TestTables, testTables, writeRows } from '../support/tables.ts';

const NOON = new Date('2026-11-22T12:00:00.000Z');
const always = () => true;

/** So many outcomes in one partition. */
const outcomes = (partitionKey: string, count: number) =>
  Array.from({ length: count }, (_, n) => ({ partitionKey, rowKey: String(n).padStart(5, '0') }));

async function partitionsOf(tables: TestTables): Promise<string[]> {
  return [...new Set((await allRows(tables.outcomes)).map(({ partitionKey }) => partitionKey ?? ''))].sort();
}

async function write(tables: TestTables, partitions: Record<string, number>): Promise<void> {
  for (const [n, [partition, count]] of Object.entries(partitions).entries()) {
    const rows = outcomes(partition, count);
    if (n === 0) await writeRows(tables.outcomes, rows);
    else for (const row of rows) await tables.outcomes.createEntity(row);
  }
}

describe('the purge', () => {
  it('deletes whole days before the cutoff, however the sessions were spread then', async () => {
    const tables = testTables();
    await write(tables, {
      'farm~2026-11-21': 3,
      'farm~2026-11-22': 1,
      'farm~2026-11-23': 1,
      'farm~7~2026-08-01': 2,
      'farm~2~2026-11-22': 1,
      'farm~20~2026-11-21': 2,
      'farm~20~2026-11-22': 1,
    });

    expect(await tables.storage.purge('farm', NOON, always)).toEqual({ outcomes: 7, runs: 0, complete: true });
    expect(await partitionsOf(tables)).toEqual([
      'farm~2026-11-22',
      'farm~2026-11-23',
      'farm~20~2026-11-22',
      'farm~2~2026-11-22',
    ]);
  });

  it("leaves the outcomes of a cluster whose name begins with this one's and a year", async () => {
    const tables = testTables();
    await write(tables, {
      'farm-de~2025-01-01': 2,
      'farm~2025-01-01': 1,
      'farm~2025x-2020-01-01': 1,
      'farm-de~de~2025-01-01': 1,
    });

    await tables.storage.purge('farm', NOON, always);

    expect(await partitionsOf(tables)).toEqual([
      'farm-de~2025-01-01',
      'farm-de~de~2025-01-01',
      'farm~2025x-2020-01-01',
    ]);
  });

  it('deletes more than the storage service sends at once', async () => {
    const tables = testTables();
    await write(tables, { 'farm~2026-01-01': 2350 });

    expect(await tables.storage.purge('farm', NOON, always)).toMatchObject({ outcomes: 2350 });
    expect(await allRows(tables.outcomes)).toEqual([]);
  });

  it('deletes everything all the same when another host purges at the same time', async () => {
    const tables = testTables();
    await write(tables, { 'farm~2026-01-01': 1200 });
    const other = openStorage(connection, tables.names);

    const purged = await Promise.all([tables.storage, other].map((one) => one.purge('farm', NOON, always)));

    expect(await allRows(tables.outcomes)).toEqual([]);
    expect(purged[0]?.outcomes ?? 0).toBeLessThanOrEqual(1200);
    expect(purged.reduce((sum, one) => sum + one.outcomes, 0)).toBe(1200);
  });

  it('deletes the runs before the cutoff', async () => {
    const tables = testTables();
    for (const ms of [-1, 0, 1]) {
      const startedAt = new Date(NOON.getTime() + ms);
      await tables.storage.recordRun({ ...aRun({ runId: `r${ms}`, startedAt }), clusterName: 'farm' });
    }

    expect(await tables.storage.purge('farm', NOON, always)).toEqual({ outcomes: 0, runs: 1, complete: true });
    expect((await allRows(tables.runs)).map((row) => row['runId'])).toEqual(['r1', 'r0']);
  });

  it('stops when its time is over, and goes on the next time', async () => {
    const tables = testTables();
    await write(tables, { 'farm~2026-01-01': 1000 });
    let asked = 0;

    const first = await tables.storage.purge('farm', NOON, () => ++asked <= 4);
    const second = await tables.storage.purge('farm', NOON, always);

    expect(first.complete).toBe(false);
    expect(first.outcomes).toBeGreaterThan(0);
    expect(first.outcomes).toBeLessThan(1000);
    expect(second).toEqual({ outcomes: 1000 - first.outcomes, runs: 0, complete: true });
  });
});
