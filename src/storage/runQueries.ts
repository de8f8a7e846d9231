import { odata, type TableClient, type TableEntityResult } from '@azure/data-tables';
import type { Page } from '../cleanup/model/page.ts';
import { readDate, readNumber, readText } from './columns.ts';
import { invertedTime } from './keys.ts';
import { PositionError } from './position.ts';
import type { RunRecord } from './runTable.ts';
import { onTable } from './table.ts';

/** A run as it was recorded. */
export type RecordedRun = Omit<RunRecord, 'clusterName'>;

/** The table of runs as people look into it. */
export interface RunQueries {
  /**
   * Lists the runs of a cluster that began in a time (both ends included), of all sweeps or of one, newest first.
   *
   * @param limit - most of a page, up to 999
   * @param after - where an earlier page said to go on; none: from the start
   * @param signal - ends it with an AbortError
   * @throws {RestError} when the storage service can't be read
   */
  listRuns(
    clusterName: string,
    query: { since: Date; until: Date; sweepId?: string | undefined },
    limit: number,
    after?: string,
    signal?: AbortSignal,
  ): Promise<Page<RecordedRun>>;
  /**
   * Finds all runs of one sweep, newest first.
   *
   * @param time - looked through from its end to its beginning, or to the page with the run that began the sweep
   * @param isOver - asked between pages: what was found by then is the answer
   */
  runsOfSweep(
    clusterName: string,
    sweepId: string,
    time: { since: Date; until: Date },
    isOver: () => boolean,
  ): Promise<RecordedRun[]>;
  /** Finds the newest run over one partition alone that began at an instant or later. */
  lastRunOver(clusterName: string, partition: string, since: Date): Promise<RecordedRun | undefined>;
}

/** As a run's row key begins: its time, inverted. */
const ROW_KEY = /^\d{13}-.{1,200}$/;

type Row = TableEntityResult<Record<string, unknown>>;

export function runQueries(table: TableClient): RunQueries {
  /** The pages of a filter's rows, newest first. A page may come short before the list's end. */
  const pages = (filter: string, maxPageSize: number, abortSignal?: AbortSignal) =>
    table
      .listEntities<Record<string, unknown>>({ queryOptions: { filter }, ...(abortSignal && { abortSignal }) })
      .byPage({ maxPageSize });

  /** The first rows that a filter finds. */
  const firstRows = (filter: string, most: number, signal?: AbortSignal) =>
    onTable(table, async () => {
      const found: Row[] = [];
      for await (const page of pages(filter, most, signal)) {
        found.push(...page);
        if (found.length >= most) break;
      }
      return found;
    });

  return {
    async listRuns(clusterName, { sweepId, ...time }, limit, after = '', abortSignal) {
      if (after !== '' && !ROW_KEY.test(after)) throw new PositionError();
      const filter = [
        inTime(clusterName, time),
        odata`RowKey gt ${after}`,
        ...(sweepId === undefined ? [] : [ofSweep(sweepId)]),
      ].join(' and ');
      // One more than fits tells whether there is a next page.
      const rows = await firstRows(filter, limit + 1, abortSignal);
      const items = rows.slice(0, limit).map(readRun);
      const last = rows[limit - 1];
      return rows.length > limit && last?.rowKey ? { items, next: last.rowKey } : { items };
    },

    runsOfSweep: (clusterName, sweepId, time, isOver) =>
      onTable(table, async () => {
        const runs: RecordedRun[] = [];
        for await (const page of pages(`${inTime(clusterName, time)} and ${ofSweep(sweepId)}`, 1000)) {
          runs.push(...page.map(readRun));
          if (isOver() || runs.some(({ runId }) => runId === sweepId)) break;
        }
        return runs;
      }),

    async lastRunOver(clusterName, partition, since) {
      const filter = `${inTime(clusterName, { since })} and ${odata`partition eq ${partition}`}`;
      const [row] = await firstRows(filter, 1);
      return row && readRun(row);
    },
  };
}

function inTime(clusterName: string, { since, until }: { since: Date; until?: Date }): string {
  return [
    odata`PartitionKey eq ${clusterName}`,
    ...(until ? [odata`RowKey ge ${invertedTime(until)}`] : []),
    // The time before `since` in the order of the keys is the one after it.
    odata`RowKey lt ${invertedTime(new Date(since.getTime() - 1))}`,
  ].join(' and ');
}

/** A run of an earlier version has no sweep id: it was a sweep by itself. */
function ofSweep(sweepId: string): string {
  return odata`(sweepId eq ${sweepId} or runId eq ${sweepId})`;
}

function readRun(row: Row): RecordedRun {
  const { partitionKey, rowKey, etag, timestamp, runId, sweepId, partition, trigger, startedAt, ...others } = row;
  const {
    stoppedBy,
    error,
    dryRun,
    parts,
    durationMs,
    scanned,
    stale,
    oldestStaleAt,
    bytesFreed,
    bytesToFree,
    ...counts
  } = others;
  return {
    runId: readText(runId) ?? '',
    sweepId: readText(sweepId) ?? readText(runId) ?? '',
    partition: readText(partition),
    parts: readNumber(parts),
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
