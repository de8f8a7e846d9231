import type { TableClient, TransactionAction } from '@azure/data-tables';
import { RowRefusedError } from '../cleanup/model/rowRefusedError.ts';
import { dayOf, invertedTime, sessionKeyPart } from './keys.ts';
import { outcomePartition } from './partitions.ts';
import { isRefusedRow, refusing } from './refusedRow.ts';
import { onTable } from './table.ts';

/** The storage service takes at most this many entities in one entity group transaction. */
export const MAX_TRANSACTION = 100;

/** How one session's cleanup ended, as it is kept for people. */
export interface OutcomeRecord {
  /** The partition of the session's own row. */
  partition: string;
  /** The row key of the session's row: what tells two rows of one session apart, in upper and in lower case. */
  rowKey: string;
  /** The same in lower case: a GUID, or what stood in its place. */
  sessionId: string;
  outcome: string;
  trigger: string;
  runId: string;
  /** When the run began: the key's time, so that a run that writes twice overwrites itself. */
  runStartedAt: Date;
  httpStatus?: number | undefined;
  errorCode?: string | undefined;
  errorMessage?: string | undefined;
  /** Which cleanup of this session it was: 1, and one more after each that failed. */
  attempt: number;
  /** How often the cluster was asked within it. */
  tries: number;
  durationMs: number;
  lastActivity?: Date | undefined;
  /** What the session held on the cluster's disks. */
  bytes?: number | undefined;
  storeRelativePath?: string | undefined;
  requestId?: string | undefined;
}

/** An outcome that the storage service refuses to write. */
export interface RefusedRecord {
  record: OutcomeRecord;
  error: RowRefusedError;
}

/** The table of outcomes: one row a cleanup, newest first in each day. */
export interface OutcomeTable {
  /**
   * Records outcomes of sessions in one partition and one run, at most {@link MAX_TRANSACTION} at once, none twice.
   *
   * @returns those that the storage service refuses to write; the others are recorded
   * @throws {RestError} when they could not be recorded for another reason
   */
  recordOutcomes(records: OutcomeRecord[]): Promise<RefusedRecord[]>;
}

export function outcomeTable(table: TableClient): OutcomeTable {
  return {
    async recordOutcomes(records) {
      if (records.length > 1) {
        const actions = records.map((record): TransactionAction => ['upsert', toEntity(record), 'Replace']);
        try {
          await onTable(table, () => table.submitTransaction(actions));
          return [];
        } catch (error) {
          // One bad row fails the whole transaction: the others must not go unrecorded for it.
          if (!isRefusedRow(error)) throw error;
        }
      }
      const refused: RefusedRecord[] = [];
      for (const record of records) {
        const { partition, rowKey } = record;
        try {
          await refusing({ partition, rowKey }, () =>
            onTable(table, () => table.upsertEntity(toEntity(record), 'Replace')),
          );
        } catch (error) {
          if (!(error instanceof RowRefusedError)) throw error;
          refused.push({ record, error });
        }
      }
      return refused;
    },
  };
}

/**
 * The last part of the key tells runs apart that began in the same millisecond, as the same schedule on two hosts does:
 * without it the second run's `notFound` would overwrite the first one's `deleted`.
 */
function toEntity(record: OutcomeRecord) {
  const { partition, rowKey, runStartedAt, bytes, errorMessage, storeRelativePath, ...columns } = record;
  return {
    partitionKey: outcomePartition(partition, dayOf(runStartedAt)),
    rowKey: `${invertedTime(runStartedAt)}-${sessionKeyPart(rowKey)}-${record.runId.slice(0, 8)}`,
    runStartedAt,
    ...columns,
    errorMessage: errorMessage?.slice(0, 1000),
    storeRelativePath: storeRelativePath?.slice(0, 1000),
    // A plain number beyond 32 bits would be kept as a fraction.
    bytes: bytes === undefined ? undefined : { type: 'Int64', value: String(bytes) },
  };
}
