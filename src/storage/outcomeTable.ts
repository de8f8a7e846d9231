import type { TableClient, TransactionAction } from '@azure/data-tables';
import type { OutcomeRecord } from '../cleanup/model/outcomeRecord.ts';
import { RowRefusedError } from '../cleanup/model/rowRefusedError.ts';
import { int64, textColumn } from './columns.ts';
import { dayOf, invertedTime, sessionKeyPart } from './keys.ts';
import { outcomePartition } from './partitions.ts';
import { isRefusedRow, writeRow } from './refusedRow.ts';
import { onTable } from './table.ts';

/** The maximum number of entities of one entity group transaction. */
export const MAX_TRANSACTION = 100;

/** An outcome that the storage service refuses to write. */
export interface RefusedRecord {
  record: OutcomeRecord;
  error: RowRefusedError;
}

/** The table of outcomes: one row per cleanup, newest first within a day. */
export interface OutcomeTable {
  /**
   * Records outcomes of different sessions of one partition and one run, at most {@link MAX_TRANSACTION}.
   *
   * @returns those that the storage service refuses to write; the others are recorded
   * @throws {RestError} if they could not be recorded for another reason
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
          // One refused row fails the whole transaction, so each is written on its own.
          if (!isRefusedRow(error)) throw error;
        }
      }
      const refused: RefusedRecord[] = [];
      for (const record of records) {
        const { partition, rowKey } = record;
        try {
          await writeRow({ row: 'outcome', partition, rowKey }, () =>
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
 * The last part of the key distinguishes runs that began in the same millisecond, as with the same schedule on two hosts. Without it,
 * the second run's `notFound` would overwrite the first run's `deleted`.
 */
function toEntity(record: OutcomeRecord) {
  const { partition, rowKey, runStartedAt, bytes, fileSizeBytes, errorMessage, storeRelativePath, owner, ...columns } =
    record;
  return {
    partitionKey: outcomePartition(partition, dayOf(runStartedAt)),
    rowKey: `${invertedTime(runStartedAt)}-${sessionKeyPart(rowKey)}-${record.runId.slice(0, 8)}`,
    runStartedAt,
    ...columns,
    errorMessage: textColumn(errorMessage),
    storeRelativePath: textColumn(storeRelativePath),
    owner: textColumn(owner),
    bytes: int64(bytes),
    fileSizeBytes: int64(fileSizeBytes),
  };
}
