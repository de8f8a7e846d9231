import { odata, type TableClient } from '@azure/data-tables';
import type { SweepPosition } from '../cleanup/model/sweepPosition.ts';
import { readText } from './columns.ts';
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
  /** Whether the next run over the same partitions continues where it stopped. */
  resumable?: boolean | undefined;
  /** Where it stopped taking sessions. */
  resumeAfter?: { partition: string; rowKey: string } | undefined;
  rowsRefused?: number | undefined;
  /** What the last probe of the cluster showed. */
  probe?: { at: Date; verdict: string } | undefined;
}

/** The table of sweeps: one row a run, newest first. */
export interface RunTable {
  /** @throws {RestError} when the run could not be recorded */
  recordRun(run: RunRecord): Promise<void>;
  /**
   * Where the newest run over the same partitions stopped taking sessions.
   *
   * @param partition - of a part of a fanned-out sweep; `undefined` for a sweep over all partitions
   * @returns `undefined` if that run saw every stale session, or there is none
   */
  resumePosition(clusterName: string, partition?: string): Promise<SweepPosition | undefined>;
}

/** Runs over the same partitions have the same scope; a run that leaves nothing to the next has none. */
const ALL_PARTITIONS = '*';

export function runTable(table: TableClient): RunTable {
  return {
    async recordRun({
      clusterName,
      outcomes,
      bytesFreed,
      bytesToFree,
      error,
      resumable,
      resumeAfter,
      probe,
      ...columns
    }) {
      const entity = {
        partitionKey: clusterName,
        rowKey: `${invertedTime(columns.startedAt)}-${columns.runId}`,
        ...columns,
        ...outcomes,
        scope: resumable ? (columns.partition ?? ALL_PARTITIONS) : undefined,
        bytesFreed: { type: 'Int64', value: String(bytesFreed) },
        bytesToFree: bytesToFree === undefined ? undefined : { type: 'Int64', value: String(bytesToFree) },
        error: error?.slice(0, 1000),
        resumePartition: resumeAfter?.partition,
        resumeRowKey: resumeAfter?.rowKey,
        probedAt: probe?.at,
        probeVerdict: probe?.verdict,
      };
      await onTable(table, () => table.upsertEntity(entity, 'Replace'));
    },

    async resumePosition(clusterName, partition) {
      const filter = odata`PartitionKey eq ${clusterName} and scope eq ${partition ?? ALL_PARTITIONS}`;
      const queryOptions = { filter, select: ['resumePartition', 'resumeRowKey'] };
      const page = await onTable(table, () =>
        table.listEntities<Record<string, unknown>>({ queryOptions }).byPage({ maxPageSize: 1 }).next(),
      );
      const [row] = page.done ? [] : page.value;
      const [resumePartition, rowKey] = [readText(row?.['resumePartition']), readText(row?.['resumeRowKey'])];
      return resumePartition === undefined || rowKey === undefined ? undefined : { partition: resumePartition, rowKey };
    },
  };
}
