import { odata, type TableClient } from '@azure/data-tables';
import { invertedTime } from './keys.ts';
import { onTable } from './table.ts';

/** One sweep, or a part of one, as it is kept for people. */
export interface RunRecord {
  clusterName: string;
  runId: string;
  /** Shared by all runs of one sweep. */
  sweepId: string;
  /** The session partition that it swept, where it swept one only. */
  partition?: string | undefined;
  /** How many partitions it fanned out to. */
  parts?: number | undefined;
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
  /**
   * What ended the newest run that asked the cluster. Many runs may go on at once, and one that met nothing stale says
   * nothing of the cluster.
   *
   * @returns none also when there is nothing of it among as many runs as the service looks through for one call
   */
  lastStoppedBy(clusterName: string): Promise<string | undefined>;
}

/** Outcomes that the cluster was asked for. */
const ASKED = ['deleted', 'wouldDelete', 'notFound', 'active', 'failed'];

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
      // A comparison with a missing column is false, so each outcome is asked for by itself.
      const asked = ASKED.map((outcome) => `${outcome} gt 0`).join(' or ');
      const filter = `${odata`PartitionKey eq ${clusterName}`} and (stoppedBy eq 'clusterUnavailable' or ${asked})`;
      const queryOptions = { filter, select: ['stoppedBy'] };
      const page = await onTable(table, () =>
        table.listEntities<{ stoppedBy?: string }>({ queryOptions }).byPage({ maxPageSize: 1 }).next(),
      );
      return page.done ? undefined : page.value[0]?.stoppedBy;
    },
  };
}
