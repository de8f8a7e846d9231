import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { OutcomeRecord, RecordedOutcome } from '../../src/cleanup/model/outcomeRecord.ts';
import type { OutcomeQuery } from '../../src/storage/outcomeQueries.ts';
import { type TestTables, testTables } from '../support/tables.ts';

const DAY = 86_400_000;
const NOON = new Date('2026-11-22T12:00:00.000Z');
const ALL: OutcomeQuery = { since: new Date(NOON.getTime() - 90 * DAY), until: new Date(NOON.getTime() + DAY) };

function record(columns: Partial<OutcomeRecord> = {}): OutcomeRecord {
  const sessionId = columns.sessionId ?? randomUUID();
  return {
    partition: 'farm',
    rowKey: sessionId,
    sessionId,
    outcome: 'deleted',
    trigger: 'timer',
    runId: randomUUID(),
    runStartedAt: NOON,
    attempt: 1,
    tries: 1,
    durationMs: 1,
    ...columns,
  };
}

/** Runs at these hours after noon, one outcome each, spread over two partitions. */
async function runsAt(hours: number[]): Promise<TestTables> {
  const tables = testTables();
  for (const [n, hour] of hours.entries()) {
    const runStartedAt = new Date(NOON.getTime() + hour * 3_600_000);
    await tables.storage.recordOutcomes([record({ partition: `farm-${n % 2}`, runStartedAt, attempt: n })]);
  }
  return tables;
}

const hoursOf = (items: RecordedOutcome[]) =>
  items.map(({ runStartedAt }) => (runStartedAt.getTime() - NOON.getTime()) / 3_600_000);

/** All pages, one after the other. */
async function pages(tables: TestTables, limit: number, query = ALL, isOver?: () => boolean) {
  const found: RecordedOutcome[][] = [];
  for (let after: string | undefined; ; ) {
    const page = await tables.storage.listOutcomes(['farm-0', 'farm-1'], query, limit, after, isOver);
    found.push(page.items);
    after = page.next;
    if (after === undefined) return found;
  }
}

describe('the list of outcomes', () => {
  it('lists newer runs first, across partitions and days', async () => {
    const tables = await runsAt([-1, 1, -30, -31, -24 * 80, 0]);

    expect((await pages(tables, 100)).map(hoursOf)).toEqual([[1, 0, -1, -30, -31, -24 * 80]]);
  });

  it('pages without a gap, a repetition or an empty last page', async () => {
    const hours = [3, 2, 1, 0, -20, -21, -50, -24 * 40];
    const tables = await runsAt(hours);

    for (const limit of [1, 2, 3, 4, 8]) {
      const found = await pages(tables, limit);
      expect(found.flatMap(hoursOf)).toEqual(hours);
      expect(found).toHaveLength(Math.ceil(hours.length / limit));
    }
  });

  it('keeps to a time span, with both its ends', async () => {
    const tables = await runsAt([2, 1, 0, -1, -24]);
    const at = (hour: number) => new Date(NOON.getTime() + hour * 3_600_000);

    expect((await pages(tables, 9, { since: at(-1), until: at(1) })).map(hoursOf)).toEqual([[1, 0, -1]]);
    expect((await pages(tables, 9, { since: at(0), until: at(0) })).map(hoursOf)).toEqual([[0]]);
    expect((await pages(tables, 9, { since: at(1), until: at(0) })).map(hoursOf)).toEqual([[]]);
  });

  it('finds nothing in a time span that ends before it begins', async () => {
    const tables = await runsAt([0]);
    const query = { since: new Date(NOON.getTime() + 2 * DAY), until: NOON };

    expect(await tables.storage.listOutcomes(['farm-0'], query, 10)).toEqual({ items: [] });
  });

  it('finds one outcome and one session', async () => {
    const { storage } = testTables();
    const wanted = record({ outcome: 'failed', errorCode: 'FABRIC_E_TIMEOUT' });
    await storage.recordOutcomes([record(), wanted, record({ runId: wanted.runId }), record({ outcome: 'notFound' })]);

    const failed = await storage.listOutcomes(['farm'], { ...ALL, outcome: 'failed' }, 10);
    const ofSession = await storage.listOutcomes(['farm'], { ...ALL, sessionId: wanted.sessionId }, 10);
    const ofBoth = await storage.listOutcomes(['farm'], { ...ALL, outcome: 'active', sessionId: wanted.sessionId }, 10);

    expect(failed.items.map(({ sessionId }) => sessionId)).toEqual([wanted.sessionId]);
    expect(ofSession.items).toEqual([expect.objectContaining({ outcome: 'failed', errorCode: 'FABRIC_E_TIMEOUT' })]);
    expect(ofBoth.items).toEqual([]);
  });

  it('reads back every column that was recorded', async () => {
    const { storage } = testTables();
    const one = record({
      httpStatus: 503,
      errorCode: 'FABRIC_E_NOT_PRIMARY',
      errorMessage: 'not now',
      lastActivity: NOON,
      bytes: 12_345_678_901,
      storeRelativePath: 'App/Code/a.zip',
      requestId: randomUUID(),
    });
    await storage.recordOutcomes([one]);

    const { partition, rowKey, ...columns } = one;
    expect((await storage.listOutcomes([partition], ALL, 10)).items).toEqual([columns]);
  });

  it('cuts a page short when its time is over, and goes on from there', async () => {
    const hours = [0, -24 * 3, -24 * 40, -24 * 80];
    const tables = await runsAt(hours);

    const found = await pages(tables, 100, ALL, () => true);

    expect(found.length).toBeGreaterThan(4);
    expect(found.flatMap(hoursOf)).toEqual(hours);
  });

  it('is empty if there is no table yet', async () => {
    expect(await testTables().storage.listOutcomes(['farm'], ALL, 10)).toEqual({ items: [] });
  });

  it('gives fewer of large rows on a page, and each of them once', async () => {
    const { storage } = testTables();
    const long = '包'.repeat(1000);
    const large = { errorMessage: long, storeRelativePath: long, owner: long };
    for (let n = 0; n < 5; n++) {
      const runId = randomUUID();
      await storage.recordOutcomes(Array.from({ length: 100 }, () => record({ ...large, runId })));
    }

    const first = await storage.listOutcomes(['farm'], ALL, 999);
    const second = await storage.listOutcomes(['farm'], ALL, 999, first.next);

    expect(Buffer.byteLength(JSON.stringify(first))).toBeLessThan(4.1 * 1024 * 1024);
    expect(second.next).toBeUndefined();
    expect(new Set([...first.items, ...second.items].map(({ sessionId }) => sessionId)).size).toBe(500);
  });
});
