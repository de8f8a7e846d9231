import { odata, type TableClient } from '@azure/data-tables';
import type { RunRecord } from '../cleanup/model/runRecord.ts';
import type { SweepPosition } from '../cleanup/model/sweepPosition.ts';
import { int64, readText, textColumn } from './columns.ts';
import { invertedTime } from './keys.ts';
import { firstRows } from './rows.ts';
import { onTable } from './table.ts';

/** The table of runs: one row per run, newest first. */
export interface RunTable {
  /** @throws {RestError} if the run could not be recorded */
  recordRun(run: RunRecord & { clusterName: string }): Promise<void>;
  /**
   * Where the newest run over the same partitions stopped.
   *
   * @param partition - the partition of a part of a fanned-out sweep; `undefined` for a sweep over all partitions
   * @returns `undefined` if that run processed every stale session, or there is none
   */
  resumePosition(clusterName: string, partition?: string): Promise<SweepPosition | undefined>;
}

/** The scope of runs over all partitions. Runs that the next one does not continue have no scope. */
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
      store,
      ...columns
    }) {
      const entity = {
        partitionKey: clusterName,
        rowKey: `${invertedTime(columns.startedAt)}-${columns.runId}`,
        ...columns,
        ...outcomes,
        scope: resumable ? (columns.partition ?? ALL_PARTITIONS) : undefined,
        bytesFreed: int64(bytesFreed),
        bytesToFree: int64(bytesToFree),
        error: textColumn(error),
        resumePartition: resumeAfter?.partition,
        resumeRowKey: resumeAfter?.rowKey,
        probedAt: probe?.at,
        probeVerdict: probe?.verdict,
        ...storeColumns(store),
      };
      await onTable(table, () => table.upsertEntity(entity, 'Replace'));
    },

    async resumePosition(clusterName, partition) {
      const filter = odata`PartitionKey eq ${clusterName} and scope eq ${partition ?? ALL_PARTITIONS}`;
      const [row] = await firstRows(table, 1, { filter, select: ['resumePartition', 'resumeRowKey'] });
      const resumePartition = readText(row?.['resumePartition']);
      if (resumePartition === undefined) return undefined;
      return { partition: resumePartition, rowKey: readText(row?.['resumeRowKey']) ?? '' };
    },
  };
}

function storeColumns(store: RunRecord['store']) {
  if (store === undefined) return {};
  if (store === 'unknown') return { storeUnknown: true };
  return {
    stagedBytes: int64(store.stagedBytes),
    stagedFiles: store.stagedFiles,
    capacityBytes: int64(store.capacityBytes),
    availableBytes: int64(store.availableBytes),
  };
}
