import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.ts';
import { allRows, writeRows } from '../support/tables.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

it('handles invalid rows of every kind without stopping the sweep', async () => {
  const longAgo = new Date(Date.now() - 20 * 60_000);
  const int64 = { type: 'Int64' as const, value: '9007199254740993' };
  const rows = {
    good: { rowKey: randomUUID(), lastActivity: longAgo },
    noGuid: { rowKey: 'Größe & %41 {x}', lastActivity: longAgo },
    longKey: { rowKey: 'k'.repeat(500), lastActivity: longAgo },
    allZero: { rowKey: '00000000-0000-0000-0000-000000000000', lastActivity: longAgo },
    upperCase: { rowKey: randomUUID().toUpperCase(), lastActivity: longAgo },
    year1601: { rowKey: randomUUID(), lastActivity: new Date('1601-01-01T00:00:00Z') },
    farFuture: { rowKey: randomUUID(), lastActivity: new Date('9999-12-31T23:59:59Z') },
    text: { rowKey: randomUUID(), lastActivity: longAgo.toISOString() },
    number: { rowKey: randomUUID(), lastActivity: int64 },
    longTexts: {
      rowKey: randomUUID(),
      lastActivity: longAgo,
      storeRelativePath: 'p'.repeat(32_000),
      owner: 'o'.repeat(32_000),
    },
    oddColumns: {
      rowKey: randomUUID(),
      lastActivity: longAgo,
      attempts: 'many',
      givenUp: 'no',
      nextAttemptAt: 7,
      anything: int64,
    },
    negative: { rowKey: randomUUID(), lastActivity: longAgo, attempts: -5 },
  };
  await writeRows(
    app.tables.sessions,
    Object.values(rows).map((row) => ({ partitionKey: 'default', ...row })),
  );

  const run = await app.sweep();

  const outcomes = await allRows(app.tables.outcomes);
  const outcomeOf = (row: { rowKey: string }) =>
    outcomes.find((one) => one['sessionId'] === row.rowKey.toLowerCase())?.['outcome'];
  expect(run).toMatchObject({ stoppedBy: 'completed', failed: 0, invalid: 3, notFound: 6 });
  expect([rows.noGuid, rows.longKey, rows.allZero].map(outcomeOf)).toEqual(['invalid', 'invalid', 'invalid']);
  expect(
    [rows.good, rows.upperCase, rows.year1601, rows.longTexts, rows.oddColumns, rows.negative].map(outcomeOf),
  ).toEqual(Array(6).fill('notFound'));
  // Just written, and without a valid lastActivity: not stale yet.
  expect([rows.farFuture, rows.text, rows.number].map(outcomeOf)).toEqual([undefined, undefined, undefined]);
  expect((await allRows(app.tables.sessions)).filter((row) => row['givenUp'] === true)).toHaveLength(3);
});
