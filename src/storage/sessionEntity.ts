import type { TableEntityResult } from '@azure/data-tables';
import { cutText } from '../cleanup/model/cutText.ts';
import type { SessionChange, TrackedSession } from '../cleanup/model/trackedSession.ts';
import { readDate, readText, textColumn } from './columns.ts';

type Columns = TableEntityResult<Record<string, unknown>>;

/** The columns of a session's row that this app reads. Others belong to the row's owner and are not read. */
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

/** More than any `MAX_ATTEMPTS`. A larger number counts as this one: what is written back must remain an integer of 32 bits. */
const LARGEST_ATTEMPTS = 1_000_000;

/** Reads a row. A column of a wrong type counts as missing, so that no row can stop a sweep. */
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
      ? { unreadableLastActivity: cutText(textOf(row['lastActivity']), 100) }
      : {}),
    ...(storeRelativePath ? { storeRelativePath } : {}),
    ...(owner ? { owner } : {}),
    attempts: typeof attempts === 'number' && attempts > 0 ? Math.min(Math.trunc(attempts), LARGEST_ATTEMPTS) : 0,
    ...(nextAttemptAt ? { nextAttemptAt } : {}),
    ...(lastError ? { lastError } : {}),
    ...(failedSince ? { failedSince } : {}),
    ...(deleteSentAt ? { deleteSentAt } : {}),
    givenUp: row['givenUp'] === true,
  };
}

/** The SDK reads some types, such as Edm.Guid, as an object with the value. */
function textOf(value: unknown): string {
  return typeof value === 'object' && value !== null && 'value' in value ? String(value.value) : String(value);
}

/** The columns that a change writes. */
export function changedColumns(change: SessionChange): Record<string, unknown> {
  return {
    ...change,
    ...(change.lastError === undefined ? {} : { lastError: textColumn(change.lastError) }),
  };
}
