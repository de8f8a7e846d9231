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
  /** Whether nothing that old is left. */
  complete: boolean;
}

/** Deletes what is too old to be kept. */
export interface Purge {
  /**
   * Deletes a cluster's outcomes of the days before the cutoff's and its runs before the cutoff.
   *
   * @param goesOn - asked before every transaction; what is left then is the next purge's
   * @throws {RestError} when the storage service fails; asking again goes on where it stopped
   */
  purge(clusterName: string, cutoff: Date, goesOn: () => boolean): Promise<Purged>;
}

type Key = { partitionKey: string; rowKey: string };

/** Outcomes are never older than the project. */
const FIRST_DAY = '2000-01-01';
/** However the app was set when they were recorded. */
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
        // Only whole days are ours, whatever else sorts between them.
        const isOurs = ({ partitionKey }: Key) => DAY.test(partitionKey.slice(outcomePartition(partition, '').length));
        purged.outcomes += await deleteAll(outcomes, range, isOurs, goesOn);
      }
      const older = odata`PartitionKey eq ${clusterName} and RowKey ge ${invertedTime(new Date(cutoff.getTime() - 1))}`;
      purged.runs += await deleteAll(runs, older, () => true, goesOn);
      return { ...purged, complete: goesOn() };
    },
  };
}

/** Deletes the rows that a filter finds. @returns how many there were */
async function deleteAll(table: TableClient, filter: string, isOurs: (key: Key) => boolean, goesOn: () => boolean) {
  const deletions = pMapIterable(transactions(table, filter, isOurs, goesOn), (keys) => deleteRows(table, keys), {
    concurrency: TRANSACTIONS_AT_ONCE,
    backpressure: 2 * TRANSACTIONS_AT_ONCE,
  });
  let deleted = 0;
  for await (const count of deletions) deleted += count;
  return deleted;
}

/** Streams the keys of a filter's rows in batches of one partition each, as a transaction takes them. */
async function* transactions(
  table: TableClient,
  filter: string,
  isOurs: (key: Key) => boolean,
  goesOn: () => boolean,
): AsyncGenerator<Key[], undefined> {
  let batch: Key[] = [];
  for await (const page of pagesOf(table, { filter, select: ['PartitionKey', 'RowKey'] })) {
    for (const { partitionKey = '', rowKey = '' } of page) {
      const key = { partitionKey, rowKey };
      if (!isOurs(key)) continue;
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
    // One row that is gone already, as when two hosts purge at once, fails the whole transaction.
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
