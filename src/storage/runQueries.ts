import { odata, type TableClient, type TableEntityResult } from '@azure/data-tables';
import { readDate, readNumber, readText } from './columns.ts';
import { invertedTime } from './keys.ts';
import type { Page } from './page.ts';
import type { RunRecord } from './runTable.ts';
import { onTable } from './table.ts';

/** A sweep as it was recorded. */
export type RecordedRun = Omit<RunRecord, 'clusterName'>;

/** The table of sweeps as people look into it. */
export interface RunQueries {
  /**
   * Lists the sweeps of a cluster that began in a time (both ends included), newest first.
   *
   * @param limit - most of a page, up to 999
   * @param after - where an earlier page said to go on; none: from the start
   * @param signal - ends it with an AbortError
   * @throws {RestError} when the storage service can't be read
   */
  listRuns(
    clusterName: string,
    time: { since: Date; until: Date },
    limit: number,
    after?: string,
    signal?: AbortSignal,
  ): Promise<Page<RecordedRun>>;
}

type Row = TableEntityResult<Record<string, unknown>>;

export function runQueries(table: TableClient): RunQueries {
  return {
    async listRuns(clusterName, { since, until }, limit, after = '', abortSignal) {
      const filter = [
        odata`PartitionKey eq ${clusterName} and RowKey gt ${after} and RowKey ge ${invertedTime(until)}`,
        odata`RowKey lt ${invertedTime(new Date(since.getTime() - 1))}`,
      ].join(' and ');
      // One more than fits tells whether there is a next page. A page may come short before the list's end.
      const rows = await onTable(table, async () => {
        const found: Row[] = [];
        const pages = table
          .listEntities<Record<string, unknown>>({ queryOptions: { filter }, ...(abortSignal && { abortSignal }) })
          .byPage({ maxPageSize: limit + 1 });
        for await (const page of pages) {
          found.push(...page);
          if (found.length > limit) break;
        }
        return found;
      });
      const items = rows.slice(0, limit).map(readRun);
      const last = rows[limit - 1];
      return rows.length > limit && last?.rowKey ? { items, next: last.rowKey } : { items };
    },
  };
}

function readRun(row: Row): RecordedRun {
  const { partitionKey, rowKey, etag, timestamp, runId, trigger, startedAt, stoppedBy, error, ...numbers } = row;
  const { durationMs, scanned, stale, oldestStaleAt, bytesFreed, bytesToFree, dryRun, ...counts } = numbers;
  return {
    runId: readText(runId) ?? '',
    trigger: readText(trigger) ?? '',
    startedAt: readDate(startedAt) ?? new Date(0),
    durationMs: readNumber(durationMs) ?? 0,
    scanned: readNumber(scanned) ?? 0,
    stale: readNumber(stale),
    oldestStaleAt: readDate(oldestStaleAt),
    // Each outcome has its own column, named as it is.
    outcomes: Object.fromEntries(
      Object.entries(counts).flatMap(([name, value]) => {
        const count = readNumber(value);
        return count === undefined ? [] : [[name, count]];
      }),
    ),
    bytesFreed: readNumber(bytesFreed) ?? 0,
    bytesToFree: readNumber(bytesToFree),
    dryRun: dryRun === true,
    stoppedBy: readText(stoppedBy) ?? '',
    error: readText(error),
  };
}
