import { randomUUID } from 'node:crypto';
import type { TableClient, TableEntity, TableEntityResult, TransactionAction } from '@azure/data-tables';
import { openStorage, type Storage } from '../../src/storage/storage.ts';
import { openTable } from '../../src/storage/table.ts';

/** The shared storage emulator, which the tests' global setup starts. */
export const connection = { connectionString: process.env['TEST_STORAGE'] ?? '' };

/** Three tables for one test, with clients to read them directly. */
export interface TestTables {
  storage: Storage;
  names: { sessions: string; outcomes: string; runs: string };
  sessions: TableClient;
  outcomes: TableClient;
  runs: TableClient;
}

export function testTables(): TestTables {
  const suffix = randomUUID().replaceAll('-', '');
  const names = { sessions: `s${suffix}`, outcomes: `o${suffix}`, runs: `r${suffix}` };
  return {
    storage: openStorage(connection, names),
    names,
    sessions: openTable(connection, names.sessions),
    outcomes: openTable(connection, names.outcomes),
    runs: openTable(connection, names.runs),
  };
}

/** Writes many rows of one partition, in transactions; creates the table. */
export async function writeRows(table: TableClient, rows: TableEntity<object>[]): Promise<void> {
  await table.createTable();
  for (let from = 0; from < rows.length; from += 100) {
    await table.submitTransaction(rows.slice(from, from + 100).map((row): TransactionAction => ['create', row]));
  }
}

export async function allRows(table: TableClient): Promise<TableEntityResult<Record<string, unknown>>[]> {
  const rows: TableEntityResult<Record<string, unknown>>[] = [];
  for await (const row of table.listEntities<Record<string, unknown>>()) rows.push(row);
  return rows;
}
