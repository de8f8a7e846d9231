import { type OutcomeTable, outcomeTable } from './outcomeTable.ts';
import { type RunTable, runTable } from './runTable.ts';
import { type SessionTable, sessionTable } from './sessionTable.ts';
import { openTable, type StorageConnection } from './table.ts';

export type Storage = SessionTable & OutcomeTable & RunTable;

/** Opens the three tables; nothing is sent before their first use. */
export function openStorage(
  connection: StorageConnection,
  tables: { sessions: string; outcomes: string; runs: string },
): Storage {
  return {
    ...sessionTable(openTable(connection, tables.sessions)),
    ...outcomeTable(openTable(connection, tables.outcomes)),
    ...runTable(openTable(connection, tables.runs)),
  };
}
