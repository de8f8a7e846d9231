import { odata, type TableClient } from '@azure/data-tables';
import { invertedTime } from './keys.ts';
import { onTable } from './table.ts';

/** One sweep, as it is kept for people. */
export interface RunRecord {
  clusterName: string;
  runId: string;
  trigger: string;
  startedAt: Date;
  durationMs: number;
  /** Sessions read from the table. */
  scanned: number;
  /** Of them, how many were due. */
  stale?: number | undefined;
  /** The last activity of the oldest stale one that was not given up. */
  oldestStaleAt?: Date | undefined;
  /** How many sessions ended in each outcome, by the outcome's name. */
  outcomes: Record<string, number>;
  bytesFreed: number;
  /** What a dry run would have freed. */
  bytesToFree?: number | undefined;
  dryRun: boolean;
  stoppedBy: string;
  error?: string | undefined;
}

/** The table of sweeps: one row a run, newest first. */
export interface RunTable {
  /** @throws {RestError} when the run could not be recorded */
  recordRun(run: RunRecord): Promise<void>;
  /** What ended the newest run. */
  lastStoppedBy(clusterName: string): Promise<string | undefined>;
}

export function runTable(table: TableClient): RunTable {
  return {
    async recordRun({ clusterName, outcomes, bytesFreed, bytesToFree, error, ...columns }) {
      const entity = {
        partitionKey: clusterName,
        rowKey: `${invertedTime(columns.startedAt)}-${columns.runId}`,
        ...columns,
        ...outcomes,
        bytesFreed: { type: 'Int64', value: String(bytesFreed) },
        bytesToFree: bytesToFree === undefined ? undefined : { type: 'Int64', value: String(bytesToFree) },
        error: error?.slice(0, 1000),
      };
      await onTable(table, () => table.upsertEntity(entity, 'Replace'));
    },

    async lastStoppedBy(clusterName) {
      const queryOptions = { filter: odata`PartitionKey eq ${clusterName}`, select: ['stoppedBy'] };
      const page = await onTable(table, () =>
        table.listEntities<{ stoppedBy?: string }>({ queryOptions }).byPage({ maxPageSize: 1 }).next(),
      );
      return page.done ? undefined : page.value[0]?.stoppedBy;
    },
  };
}
