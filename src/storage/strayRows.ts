import { odata, type TableClient } from '@azure/data-tables';
import pMap from 'p-map';
import { SEPARATOR, type SessionShards, sessionPartitions } from './partitions.ts';
import { pagesOf } from './rows.ts';

/** Rows that no sweep reads, since they stand in a partition of another `SESSION_SHARDS`. */
export interface StrayRows {
  count: number;
  /** Whether there may be more: counting ends at some number. */
  more: boolean;
  /** The partition key of one of them. */
  partition?: string;
}

/** Finds rows that no sweep reads. */
export interface StrayRowQueries {
  /**
   * Counts the rows of a cluster that stand outside its partitions.
   *
   * @throws {RestError} when the storage service cannot be read
   */
  strayRows(clusterName: string, shards: SessionShards, signal?: AbortSignal): Promise<StrayRows>;
}

const MOST = 1000;
const QUERIES_AT_ONCE = 16;

export function strayRowQueries(table: TableClient): StrayRowQueries {
  const keysIn = async (filter: string, signal: AbortSignal | undefined) => {
    // One page: it is as many as are counted, or as the service looks through in one call.
    for await (const page of pagesOf(table, { filter, select: ['PartitionKey'], pageSize: MOST, signal })) {
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
      const count = Math.min(MOST, keys.length);
      return { count, more: keys.length >= MOST, ...(partition === undefined ? {} : { partition }) };
    },
  };
}

/** The stretches between a cluster's own partitions in which other partitions of it may lie, as filters. */
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
