import { type NotableOutcomes, notableOutcomes } from './notableOutcomes.ts';
import { type OutcomeQueries, outcomeQueries } from './outcomeQueries.ts';
import { type OutcomeTable, outcomeTable } from './outcomeTable.ts';
import { type Purge, purging } from './purge.ts';
import { type RunQueries, runQueries } from './runQueries.ts';
import { type RunTable, runTable } from './runTable.ts';
import { type SessionQueries, sessionQueries } from './sessionQueries.ts';
import { type SessionTable, sessionTable } from './sessionTable.ts';
import { type StrayRowQueries, strayRowQueries } from './strayRows.ts';
import { openTable, type StorageConnection } from './table.ts';
import { type TableCheck, tableCheck } from './tableCheck.ts';

export type Storage = SessionTable &
  SessionQueries &
  StrayRowQueries &
  OutcomeTable &
  OutcomeQueries &
  NotableOutcomes &
  RunTable &
  RunQueries &
  Purge &
  TableCheck;

export type RetryOptions = NonNullable<Parameters<typeof openTable>[2]>;

/** A check reports failures soon, so it retries only once. */
const FOR_A_CHECK = { maxRetries: 1, retryDelayInMs: 200 };

/**
 * Opens the three tables. Nothing is sent before their first use.
 *
 * @param retries - by default those of the library, which take several seconds
 */
export function openStorage(
  connection: StorageConnection,
  tables: { sessions: string; outcomes: string; runs: string },
  retries?: RetryOptions,
): Storage {
  const sessions = openTable(connection, tables.sessions, retries);
  const outcomes = openTable(connection, tables.outcomes, retries);
  const runs = openTable(connection, tables.runs, retries);
  return {
    ...sessionTable(sessions),
    ...sessionQueries(sessions),
    ...strayRowQueries(sessions),
    ...outcomeTable(outcomes),
    ...outcomeQueries(outcomes),
    ...notableOutcomes(outcomes),
    ...runTable(runs),
    ...runQueries(runs),
    ...purging(outcomes, runs),
    ...tableCheck({
      sessions: openTable(connection, tables.sessions, FOR_A_CHECK),
      outcomes: openTable(connection, tables.outcomes, FOR_A_CHECK),
      runs: openTable(connection, tables.runs, FOR_A_CHECK),
    }),
  };
}
