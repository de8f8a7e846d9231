import { randomUUID } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { readSessions } from '../../../src/health/overview/readSessions.ts';
import { testTables, writeRows } from '../../support/tables.ts';

const NOW = new Date('2026-11-22T12:00:00.000Z');
const minutesAgo = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);

const rules = { partitions: ['farm'], staleAfterMs: 15 * 60_000, maxClockSkewMs: 5 * 60_000 };

it('counts a session that waits as failing, although a heartbeat came after its failure', async () => {
  const tables = testTables();
  // The failure was not charged, as after a time-out.
  const row = {
    ...{ partitionKey: 'farm', rowKey: randomUUID(), lastActivity: minutesAgo(60) },
    // The failure was not charged, as after a timeout.
    ...{ failedSince: minutesAgo(400), attempts: 0, nextAttemptAt: minutesAgo(-200) },
  };
  await writeRows(tables.sessions, [row]);
  const sweepRules = rules as Parameters<typeof readSessions>[0]['sweepRules'];

  const { counts, failing } = await readSessions(
    { storage: tables.storage, sweepRules },
    NOW,
    AbortSignal.timeout(60_000),
  );

  expect(counts.waiting).toEqual({ count: 1, more: false });
  expect(failing).toEqual({ count: 1, more: false, since: minutesAgo(60) });
});
