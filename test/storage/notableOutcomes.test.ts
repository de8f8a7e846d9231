import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { OutcomeRecord, RecordedOutcome } from '../../src/cleanup/model/outcomeRecord.ts';
import { type TestTables, testTables } from '../support/tables.ts';

const NOON = new Date('2026-11-22T12:00:00.000Z');
const WEEK = { since: new Date('2026-11-16T00:00:00.000Z'), until: NOON };
const GOES_ON = new AbortController().signal;

const record = (columns: Partial<OutcomeRecord> = {}): OutcomeRecord => {
  const rowKey = randomUUID();
  return {
    ...{ partition: 'farm', rowKey, sessionId: rowKey, outcome: 'deleted', trigger: 'timer', runId: randomUUID() },
    ...{ runStartedAt: NOON, attempt: 1, tries: 1, durationMs: 1 },
    ...columns,
  };
};

async function list({ storage }: TestTables, partitions = ['farm'], most = 100, signal = GOES_ON) {
  const found: RecordedOutcome[] = [];
  for await (const one of storage.listNotable(partitions, WEEK, most, signal)) found.push(one);
  return found;
}

describe('the notable outcomes', () => {
  it('are those that failed and those that somebody asked for, whatever the partition, newer days first', async () => {
    const tables = testTables();
    const yesterday = new Date('2026-11-21T23:59:00.000Z');
    const records = [
      record(),
      record({ outcome: 'failed', errorCode: 'FABRIC_E_TIMEOUT', httpStatus: 504, runStartedAt: yesterday }),
      record({ outcome: 'invalid', partition: 'farm-2' }),
      record({ trigger: 'http', bytes: 5_000_000_000 }),
      record({ trigger: 'cli', outcome: 'notFound', runStartedAt: yesterday }),
      record({ trigger: 'queue' }),
      record({ outcome: 'failed', partition: 'another' }),
      record({ outcome: 'failed', runStartedAt: new Date('2026-11-15T23:59:00.000Z') }),
    ];
    for (const one of records) await tables.storage.recordOutcomes([one]);

    const found = await list(tables, ['farm', 'farm-2']);

    expect(found.map(({ outcome, trigger }) => `${outcome} ${trigger}`).sort()).toEqual([
      ...['deleted http', 'failed timer', 'invalid timer', 'notFound cli'],
    ]);
    expect(found.slice(0, 2).map(({ runStartedAt }) => runStartedAt)).toEqual([NOON, NOON]);
    expect(found.find(({ trigger }) => trigger === 'http')?.bytes).toBe(5_000_000_000);
    expect(found.find(({ outcome }) => outcome === 'failed')).toMatchObject({ httpStatus: 504 });
  });

  it('are at most the given number of a day, the newest', async () => {
    const tables = testTables();
    const at = (minute: number) => new Date(NOON.getTime() - minute * 60_000);
    for (const minute of [3, 1, 2]) {
      await tables.storage.recordOutcomes([record({ outcome: 'failed', runStartedAt: at(minute) })]);
    }

    expect((await list(tables, ['farm'], 2)).map(({ runStartedAt }) => runStartedAt)).toEqual([at(1), at(2)]);
  });

  it('are empty if there is no table, and end with an AbortError if aborted', async () => {
    expect(await list(testTables())).toEqual([]);
    await expect(list(testTables(), ['farm'], 1, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  });
});
