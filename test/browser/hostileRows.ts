import { randomUUID } from 'node:crypto';
import type { TestTables } from '../support/tables.ts';

/** Texts that must only be shown as text. */
export const HOSTILE = [
  '<script>window.pwned = 1</script>',
  '"><img src=x onerror="window.pwned = 2">',
  "'-alert(1)-' onmouseover='window.pwned=3",
  '<svg/onload=window.pwned=4>',
  '</style></script><base href=//evil.example><form action=//evil.example>',
  'a\u202egpj.exe\u0007\u200b\r\nb',
  'W'.repeat(600),
  '{{constructor.constructor("window.pwned=5")()}}$'.concat('{window.pwned=6}'),
].join(' ');

/** Row keys can't contain slashes, # and ?, or control characters. */
export const HOSTILE_KEY = '"><img src=x onerror=window.pwned=7>\u202e<b>'.concat('K'.repeat(200));

/** Writes hostile texts into every column that the page shows. @returns a session with actions on the page */
export async function writeHostileRows({ sessions, outcomes, runs }: TestTables): Promise<string> {
  for (const table of [sessions, outcomes, runs]) await table.createTable();
  const id = randomUUID();
  const texts = { storeRelativePath: HOSTILE, owner: HOSTILE, lastError: HOSTILE };
  const longAgo = new Date(Date.now() - 3_600_000);
  const soon = new Date(Date.now() + 3_600_000);
  const register = (rowKey: string, columns: object) =>
    sessions.createEntity({ partitionKey: 'default', rowKey, lastActivity: longAgo, ...texts, ...columns });
  await register(id, { givenUp: true, attempts: 8 });
  await register(HOSTILE_KEY, { givenUp: true });
  await register(`${HOSTILE_KEY}2`, {});
  await register(randomUUID(), {});
  await register(randomUUID(), { nextAttemptAt: soon, attempts: 1 });

  const now = new Date();
  const inverted = String(9_999_999_999_999 - now.getTime());
  await runs.createEntity({
    ...{ partitionKey: 'default', rowKey: `${inverted}-${id}`, runId: HOSTILE, trigger: HOSTILE, startedAt: now },
    ...{ stoppedBy: HOSTILE, error: HOSTILE, durationMs: 1, scanned: 1, dryRun: false, deleted: 1, [`evil_img`]: 3 },
  });
  const outcome = {
    ...{ sessionId: HOSTILE, runId: HOSTILE, errorMessage: HOSTILE, storeRelativePath: HOSTILE, requestId: HOSTILE },
    ...{ runStartedAt: now, trigger: 'timer', attempt: 1, tries: 1, durationMs: 1 },
  };
  const partitionKey = `default~${now.toISOString().slice(0, 10)}`;
  await outcomes.createEntity({
    partitionKey,
    rowKey: `${inverted}-a`,
    ...outcome,
    outcome: 'failed',
    errorCode: HOSTILE,
  });
  await outcomes.createEntity({ partitionKey, rowKey: `${inverted}-b`, ...outcome, outcome: 'invalid' });
  return id;
}
