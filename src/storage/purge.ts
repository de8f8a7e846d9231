import { odata, type TableClient, type TransactionAction } from '@azure/data-tables';
import { pMapIterable } from 'p-map';
import { DAY, dayOf, invertedTime } from './keys.ts';
import { MAX_TRANSACTION } from './outcomeTable.ts';
import { outcomePartition, type SessionShards, sessionPartitions } from './partitions.ts';
import { pagesOf } from './rows.ts';
import { isStorageError } from './table.ts';

/** What a purge deleted. */
export interface Purged {
  outcomes: number;
  runs: number;
  /** Whether nothing is left that is older than the cutoff. */
  complete: boolean;
}

/** Deletes old outcomes and runs. */
export interface Purge {
  /**
   * Deletes a cluster's outcomes of the days before the day of the cutoff, and its runs before the cutoff.
   *
   * @param goesOn - called before every transaction; if it returns false, the rest is left to the next purge
   * @throws {RestError} if the storage service fails; the next call continues
   */
  purge(clusterName: string, cutoff: Date, goesOn: () => boolean): Promise<Purged>;
}

type Key = { partitionKey: string; rowKey: string };

/** Outcomes are never older than the project. */
const FIRST_DAY = '2000-01-01';
/** The outcomes may have been recorded with another SESSION_SHARDS. */
const EVERY_SHARDING: readonly SessionShards[] = [1, 16, 256];
const TRANSACTIONS_AT_ONCE = 8;

export function purging(outcomes: TableClient, runs: TableClient): Purge {
  return {
    async purge(clusterName, cutoff, goesOn) {
      const purged: Purged = { outcomes: 0, runs: 0, complete: true };
      for (const partition of EVERY_SHARDING.flatMap((shards) => sessionPartitions(clusterName, shards))) {
        if (!goesOn()) return { ...purged, complete: false };
        const range = [
          odata`PartitionKey ge ${outcomePartition(partition, FIRST_DAY)}`,
          odata`PartitionKey lt ${outcomePartition(partition, dayOf(cutoff))}`,
        ].join(' and ');
        // Other keys may sort in between: outcomes of this partition are only those whose key ends with a day.
        const isIncluded = ({ partitionKey }: Key) =>
          DAY.test(partitionKey.slice(outcomePartition(partition, '').length));
        purged.outcomes += await deleteAll(outcomes, range, isIncluded, goesOn);
      }
      const older = odata`PartitionKey eq ${clusterName} and RowKey ge ${invertedTime(new Date(cutoff.getTime() - 1))}`;
      purged.runs += await deleteAll(runs, older, () => true, goesOn);
      return { ...purged, complete: goesOn() };
    },
  };
}

/** Deletes the rows that a filter finds. @returns the number of deleted rows */
async function deleteAll(table: TableClient, filter: string, isIncluded: (key: Key) => boolean, goesOn: () => boolean) {
  const deletions = pMapIterable(transactions(table, filter, isIncluded, goesOn), (keys) => deleteRows(table, keys), {
    concurrency: TRANSACTIONS_AT_ONCE,
    backpressure: 2 * TRANSACTIONS_AT_ONCE,
  });
  let deleted = 0;
  for await (const count of deletions) deleted += count;
  return deleted;
}

/** Streams the keys of the rows that a filter finds, in batches for one transaction: each of one partition. */
async function* transactions(
  table: TableClient,
  filter: string,
  isIncluded: (key: Key) => boolean,
  goesOn: () => boolean,
): AsyncGenerator<Key[], undefined> {
  let batch: Key[] = [];
  for await (const page of pagesOf(table, { filter, select: ['PartitionKey', 'RowKey'] })) {
    for (const { partitionKey = '', rowKey = '' } of page) {
      const key = { partitionKey, rowKey };
      if (!isIncluded(key)) continue;
      if (batch.length === MAX_TRANSACTION || (batch[0] && batch[0].partitionKey !== partitionKey)) {
        if (!goesOn()) return;
        yield batch;
        batch = [];
      }
      batch.push(key);
    }
  }
  if (batch.length > 0 && goesOn()) yield batch;
}

/** @returns how many rows this call deleted */
async function deleteRows(table: TableClient, keys: Key[]): Promise<number> {
  try {
    await table.submitTransaction(keys.map((key): TransactionAction => ['delete', key]));
    return keys.length;
  } catch (error) {
    // A row that is already gone, as when two hosts purge at the same time, fails the whole transaction.
    if (!isStorageError(error, 'ResourceNotFound')) throw error;
  }
  let deleted = 0;
  for (const { partitionKey, rowKey } of keys) {
    try {
      await table.deleteEntity(partitionKey, rowKey);
      deleted += 1;
    } catch (error) {
      if (!isStorageError(error, 'ResourceNotFound')) throw error;
    }
  }
  return deleted;
}
