import { odata, type TableClient } from '@azure/data-tables';
import pMap from 'p-map';
import { SEPARATOR, type SessionShards, sessionPartitions } from './partitions.ts';
import { pagesOf } from './rows.ts';

/** Rows that no sweep reads, since they are in partitions of another `SESSION_SHARDS`. */
export interface StrayRows {
  count: number;
  /** Whether there may be more: at most 1,000 are counted. */
  more: boolean;
  /** The partition key of one of them. */
  partition?: string;
}

/** Finds rows that no sweep reads. */
export interface StrayRowQueries {
  /**
   * Counts the rows of a cluster that are not in its partitions.
   *
   * @throws {RestError} if the storage service cannot be read
   */
  strayRows(clusterName: string, shards: SessionShards, signal?: AbortSignal): Promise<StrayRows>;
}

const MAX_COUNTED = 1000;
const QUERIES_AT_ONCE = 16;

export function strayRowQueries(table: TableClient): StrayRowQueries {
  const keysIn = async (filter: string, signal: AbortSignal | undefined) => {
    // Only the first page: it has the maximum count, or as many rows as the service scans in one call.
    for await (const page of pagesOf(table, { filter, select: ['PartitionKey'], pageSize: MAX_COUNTED, signal })) {
      return page.map(({ partitionKey = '' }) => partitionKey);
    }
    return [];
  };

  return {
    async strayRows(clusterName, shards, signal) {
      const found = await pMap(gaps(clusterName, shards), (filter) => keysIn(filter, signal), {
        concurrency: QUERIES_AT_ONCE,
      });
      const keys = found.flat();
      const [partition] = keys;
      const count = Math.min(MAX_COUNTED, keys.length);
      return { count, more: keys.length >= MAX_COUNTED, ...(partition === undefined ? {} : { partition }) };
    },
  };
}

/** Filters for the ranges of partition keys between a cluster's partitions, where stray rows of it may be. */
function gaps(clusterName: string, shards: SessionShards): string[] {
  const own = sessionPartitions(clusterName, shards).sort();
  const prefix = `${clusterName}${SEPARATOR}`;
  if (shards === 1) return [odata`PartitionKey ge ${prefix} and PartitionKey lt ${`${prefix}\uffff`}`];
  const bounds = [prefix, ...own, `${prefix}\uffff`];
  return [
    odata`PartitionKey eq ${clusterName}`,
    ...bounds.slice(1).map((end, n) => odata`PartitionKey gt ${bounds[n] ?? prefix} and PartitionKey lt ${end}`),
  ];
}
