import type { TableClient } from '@azure/data-tables';
import type { PhaseFacts, RoundFacts } from './facts.ts';
import type { RoundContext } from './roundContext.ts';
import { STALE_AFTER_MS } from './testbed.ts';

type Row = { partitionKey?: string; rowKey?: string; etag: string; [column: string]: unknown };

/** Collects the facts of a round after it has ended. */
export async function collectFacts(context: RoundContext, phases: PhaseFacts[]): Promise<RoundFacts> {
  const { testbed, tables, plan, hosts, uploaders } = context;
  const [rows, outcomes, runs, known] = await Promise.all([
    allRows(tables.sessions),
    allRows(tables.outcomes),
    allRows(tables.runs),
    testbed.control.sessions(),
  ]);
  return {
    staleAfterMs: STALE_AFTER_MS,
    sessions: plan.sessions,
    phases,
    chunks: uploaders.chunks,
    ownersRows: [...uploaders.rows.values()],
    onCluster: new Set(known.map(({ sessionId }) => sessionId)),
    finalRows: rows.map((row) => ({
      rowKey: row.rowKey ?? '',
      etag: row.etag,
      lastActivity: row['lastActivity'] instanceof Date ? row['lastActivity'] : undefined,
      givenUp: row['givenUp'] === true,
    })),
    outcomes: outcomes.map((row) => ({ sessionId: String(row['sessionId']), outcome: String(row['outcome']) })),
    runs: runs.map((row) => ({
      startedAt: row['startedAt'] instanceof Date ? row['startedAt'] : new Date(0),
      stoppedBy: String(row['stoppedBy']),
      error: String(row['error'] ?? ''),
    })),
    limit: plan.limit,
    isShortOfTime: plan.timeBudgetMs !== undefined,
    hosts: hosts.records(),
    texts: [...rows, ...outcomes, ...runs].map((row) =>
      JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? String(value) : value)),
    ),
    secrets: testbed.secrets,
  };
}

async function allRows(table: TableClient): Promise<Row[]> {
  const rows: Row[] = [];
  await table.createTable(); // It may not exist yet.
  for await (const row of table.listEntities<Record<string, unknown>>()) rows.push(row);
  return rows;
}
