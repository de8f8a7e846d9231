import type { TableEntityResult } from '@azure/data-tables';
import { cutText } from '../cleanup/model/cutText.ts';
import type { SessionChange, TrackedSession } from '../cleanup/model/trackedSession.ts';
import { readDate, readText, textColumn } from './columns.ts';

type Columns = TableEntityResult<Record<string, unknown>>;

/** The columns of a session's row that this app reads; others are the owner's business and are not fetched. */
export const SESSION_COLUMNS = [
  'partitionKey',
  'rowKey',
  'timestamp',
  'lastActivity',
  'storeRelativePath',
  'owner',
  'attempts',
  'nextAttemptAt',
  'lastError',
  'failedSince',
  'deleteSentAt',
  'givenUp',
] as const;

/** Beyond any MAX_ATTEMPTS: what is written back must stay a number of 32 bits. */
const MOST_ATTEMPTS = 1_000_000;

/** Reads a row of any shape: a column of a wrong type counts as missing, and never stops a sweep. */
export function readSession(row: Columns): TrackedSession {
  const lastActivity = readDate(row['lastActivity']);
  const nextAttemptAt = readDate(row['nextAttemptAt']);
  const storeRelativePath = readText(row['storeRelativePath']);
  const owner = readText(row['owner']);
  const lastError = readText(row['lastError']);
  const failedSince = readDate(row['failedSince']);
  const deleteSentAt = readDate(row['deleteSentAt']);
  const attempts = row['attempts'];
  return {
    partition: row.partitionKey ?? '',
    rowKey: row.rowKey ?? '',
    etag: row.etag,
    timestamp: readDate(typeof row.timestamp === 'string' ? new Date(row.timestamp) : row.timestamp) ?? new Date(0),
    ...(lastActivity ? { lastActivity } : {}),
    ...(!lastActivity && row['lastActivity'] !== undefined
      ? { unreadableLastActivity: cutText(String(row['lastActivity']), 100) }
      : {}),
    ...(storeRelativePath ? { storeRelativePath } : {}),
    ...(owner ? { owner } : {}),
    attempts: typeof attempts === 'number' && attempts > 0 ? Math.min(Math.trunc(attempts), MOST_ATTEMPTS) : 0,
    ...(nextAttemptAt ? { nextAttemptAt } : {}),
    ...(lastError ? { lastError } : {}),
    ...(failedSince ? { failedSince } : {}),
    ...(deleteSentAt ? { deleteSentAt } : {}),
    givenUp: row['givenUp'] === true,
  };
}

/** The columns that a change writes. */
export function changedColumns(change: SessionChange): Record<string, unknown> {
  return {
    ...change,
    ...(change.lastError === undefined ? {} : { lastError: textColumn(change.lastError) }),
  };
}
