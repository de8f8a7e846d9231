import type { TestTables } from '../support/tables.ts';
import { writeRows } from '../support/tables.ts';
import { idOf } from './busyWeeks.ts';

/** Registers sessions that have been stale for between one hour and two. */
export function registerStale({ sessions }: TestTables, count: number, columns: object = {}): Promise<void> {
  const rows = Array.from({ length: count }, (_, n) => ({
    ...{ partitionKey: 'default', rowKey: idOf(`many ${n}`), owner: `build-agent-${n % 9}` },
    ...{ lastActivity: new Date(Date.now() - 3_600_000 - n * 600), storeRelativePath: `Shop/Code/part-${n}.zip` },
    ...columns,
  }));
  return writeRows(sessions, rows);
}

/** Registers sessions that were given up, all for the same cause. */
export const registerGivenUp = (tables: TestTables, count: number): Promise<void> =>
  registerStale(tables, count, {
    ...{ attempts: 8, givenUp: true },
    lastError: 'The request timed out in the cluster (504 FABRIC_E_TIMEOUT from cluster.example.com:19080).',
  });
