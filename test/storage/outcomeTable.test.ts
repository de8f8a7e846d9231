import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { OutcomeRecord } from '../../src/cleanup/model/outcomeRecord.ts';
import { allRows, testTables } from '../support/tables.ts';

const NOON = new Date('2026-11-22T12:00:00.000Z');

const record = ({ rowKey = randomUUID(), ...columns }: Partial<OutcomeRecord> = {}): OutcomeRecord => ({
  partition: 'build-farm',
  rowKey,
  sessionId: rowKey.toLowerCase(),
  outcome: 'deleted',
  trigger: 'timer',
  runId: 'aaaaaaaa-0000-4000-8000-000000000000',
  runStartedAt: NOON,
  attempt: 1,
  tries: 1,
  durationMs: 12,
  ...columns,
});

describe('the table of outcomes', () => {
  it('records a hundred outcomes of a table that does not exist yet', async () => {
    const { storage, outcomes } = testTables();

    await storage.recordOutcomes(Array.from({ length: 100 }, () => record()));

    expect(await allRows(outcomes)).toHaveLength(100);
  });

  it('keeps every column of an outcome, under the day of its run', async () => {
    const { storage, outcomes } = testTables();
    const one = record({
      outcome: 'failed',
      httpStatus: 503,
      errorCode: 'FABRIC_E_NOT_PRIMARY',
      errorMessage: 'not now',
      lastActivity: NOON,
      bytes: 12_345_678_901,
      fileSizeBytes: 22_345_678_901,
      complete: false,
      owner: 'build farm',
      storeRelativePath: 'App/Code/a.zip',
      requestId: randomUUID(),
    });

    await storage.recordOutcomes([one]);

    const { partition, bytes, fileSizeBytes, rowKey: _, ...columns } = one;
    expect(await allRows(outcomes)).toEqual([
      expect.objectContaining({
        ...{ ...columns, partitionKey: `${partition}~2026-11-22` },
        ...{ bytes: BigInt(bytes ?? 0), fileSizeBytes: BigInt(fileSizeBytes ?? 0) },
      }),
    ]);
  });

  it('overwrites itself when one run writes an outcome twice', async () => {
    const { storage, outcomes } = testTables();
    const one = record();

    await storage.recordOutcomes([one]);
    await storage.recordOutcomes([one, record()]);

    expect(await allRows(outcomes)).toHaveLength(2);
  });

  it('keeps the outcomes of two runs that began in the same millisecond', async () => {
    const { storage, outcomes } = testTables();
    const one = record();

    await storage.recordOutcomes([one]);
    await storage.recordOutcomes([{ ...one, outcome: 'notFound', runId: 'bbbbbbbb-0000-4000-8000-000000000000' }]);

    expect((await allRows(outcomes)).map((row) => row['outcome']).sort()).toEqual(['deleted', 'notFound']);
  });

  it('lists newer runs first', async () => {
    const { storage, outcomes } = testTables();
    const at = (minutes: number) => new Date(NOON.getTime() + minutes * 60_000);

    for (const minutes of [1, 3, 2]) await storage.recordOutcomes([record({ runStartedAt: at(minutes) })]);

    expect((await allRows(outcomes)).map((row) => row['runStartedAt'])).toEqual([at(3), at(2), at(1)]);
  });

  it('cuts long texts, and records a session id of a kilobyte', async () => {
    const { storage, outcomes } = testTables();
    const long = 'x'.repeat(1000);

    await storage.recordOutcomes([
      record({ rowKey: long, errorMessage: 'y'.repeat(40_000), storeRelativePath: 'z'.repeat(32_000) }),
      record(),
    ]);

    const rows = await allRows(outcomes);
    expect(rows).toContainEqual(expect.objectContaining({ sessionId: long, errorMessage: 'y'.repeat(1000) }));
  });

  it('stores no lone surrogate, neither cut nor given', async () => {
    const { storage, outcomes } = testTables();

    await storage.recordOutcomes([record({ owner: `${'o'.repeat(999)}😀`, errorMessage: 'half \ud83d here' })]);

    expect(await allRows(outcomes)).toMatchObject([{ owner: 'o'.repeat(999), errorMessage: 'half \ufffd here' }]);
  });

  it('records the others of a batch in which the storage service refuses one key twice', async () => {
    const { storage, outcomes } = testTables();
    const twice = record();

    await storage.recordOutcomes([twice, { ...twice, outcome: 'notFound' }, record()]);

    expect(await allRows(outcomes)).toHaveLength(2);
  });
});
