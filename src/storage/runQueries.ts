import { odata, type TableClient } from '@azure/data-tables';
import { noOutcomes, type OutcomeCounts, type OutcomeKind } from '../cleanup/model/outcomeKind.ts';
import type { Page } from '../cleanup/model/page.ts';
import type { RunRecord } from '../cleanup/model/runRecord.ts';
import { parseStopReason } from '../cleanup/model/stopReason.ts';
import { parseTrigger } from '../cleanup/model/trigger.ts';
import { readDate, readNumber, readText } from './columns.ts';
import { keysWithin, timeOfKey } from './keys.ts';
import { PositionError } from './position.ts';
import { firstRows, pagesOf, type Row } from './rows.ts';

/** Queries of the table of runs. */
export interface RunQueries {
  /**
   * Lists the runs of a cluster that began in a time span (both ends included), of all sweeps or of one, newest first.
   *
   * @param limit - the maximum number of runs of the page, up to 999
   * @param after - the position from an earlier page; left out for the first page
   * @param signal - ends the query with an AbortError
   * @throws {RestError} if the storage service cannot be read
   */
  listRuns(
    clusterName: string,
    query: { since: Date; until: Date; sweepId?: string | undefined },
    limit: number,
    after?: string,
    signal?: AbortSignal,
  ): Promise<Page<RunRecord>>;
  /**
   * Finds all runs of one sweep, newest first.
   *
   * @param time - is searched backwards, until the run that began the sweep is found
   * @param isOver - whether time is over; the result is then what was found so far
   */
  runsOfSweep(
    clusterName: string,
    sweepId: string,
    time: { since: Date; until: Date },
    isOver: () => boolean,
  ): Promise<RunRecord[]>;
  /** Finds the newest run over one partition only that began at or after an instant. */
  lastRunOver(clusterName: string, partition: string, since: Date): Promise<RunRecord | undefined>;
}

/** The form of a run's row key: its inverted time, and its id. */
const ROW_KEY = /^\d{13}-.{1,200}$/;

export function runQueries(table: TableClient): RunQueries {
  return {
    async listRuns(clusterName, { sweepId, ...time }, limit, after = '', signal) {
      if (after !== '' && !ROW_KEY.test(after)) throw new PositionError();
      const filter = [
        inTime(clusterName, time),
        odata`RowKey gt ${after}`,
        ...(sweepId === undefined ? [] : [ofSweep(sweepId)]),
      ].join(' and ');
      // One more than fits, to know whether there is a next page.
      const rows = await firstRows(table, limit + 1, { filter, signal });
      const items = rows.slice(0, limit).map(readRun);
      const last = rows[limit - 1];
      return rows.length > limit && last?.rowKey ? { items, next: last.rowKey } : { items };
    },

    async runsOfSweep(clusterName, sweepId, time, isOver) {
      const filter = `${inTime(clusterName, time)} and ${ofSweep(sweepId)}`;
      const runs: RunRecord[] = [];
      for await (const page of pagesOf(table, { filter })) {
        runs.push(...page.map(readRun));
        if (isOver() || runs.some(({ runId }) => runId === sweepId)) break;
      }
      return runs;
    },

    async lastRunOver(clusterName, partition, since) {
      const filter = `${inTime(clusterName, { since })} and ${odata`partition eq ${partition}`}`;
      const [row] = await firstRows(table, 1, { filter });
      return row && readRun(row);
    },
  };
}

function inTime(clusterName: string, time: { since: Date; until?: Date }): string {
  return `${odata`PartitionKey eq ${clusterName}`} and ${keysWithin(time)}`;
}

/** A run of an earlier version has no sweep id: it was a sweep of its own. */
function ofSweep(sweepId: string): string {
  return odata`(sweepId eq ${sweepId} or runId eq ${sweepId})`;
}

function readRun(row: Row): RunRecord {
  const runId = readText(row['runId']) ?? '';
  const [resumePartition, resumeRowKey] = [readText(row['resumePartition']), readText(row['resumeRowKey'])];
  const [probedAt, probeVerdict] = [readDate(row['probedAt']), readText(row['probeVerdict'])];
  return {
    runId,
    sweepId: readText(row['sweepId']) ?? runId,
    partition: readText(row['partition']),
    parts: readNumber(row['parts']),
    trigger: parseTrigger(readText(row['trigger'])),
    // Lists are in the order of the keys, so the time of the key counts.
    startedAt: timeOfKey(row.rowKey ?? '') ?? readDate(row['startedAt']) ?? new Date(0),
    durationMs: readNumber(row['durationMs']) ?? 0,
    scanned: readNumber(row['scanned']) ?? 0,
    stale: readNumber(row['stale']) ?? 0,
    oldestStaleAt: readDate(row['oldestStaleAt']),
    outcomes: readCounts(row),
    bytesFreed: readNumber(row['bytesFreed']) ?? 0,
    bytesToFree: readNumber(row['bytesToFree']),
    dryRun: row['dryRun'] === true,
    stoppedBy: parseStopReason(readText(row['stoppedBy'])),
    error: readText(row['error']),
    ...(readText(row['scope']) !== undefined && { resumable: true }),
    ...(resumePartition && resumeRowKey && { resumeAfter: { partition: resumePartition, rowKey: resumeRowKey } }),
    ...(row['rowsRefused'] !== undefined && { rowsRefused: readNumber(row['rowsRefused']) }),
    ...(probedAt && {
      probe: { at: probedAt, verdict: probeVerdict === 'good' ? 'good' : parseStopReason(probeVerdict) },
    }),
    ...readStore(row),
  };
}

/** Each outcome has its own column, named as it is. */
function readCounts(row: Row): OutcomeCounts {
  const counts = noOutcomes();
  for (const kind of Object.keys(counts) as OutcomeKind[]) counts[kind] = readNumber(row[kind]) ?? 0;
  return counts;
}

function readStore(row: Row): Pick<RunRecord, 'store'> {
  if (row['storeUnknown'] === true) return { store: 'unknown' };
  const stagedBytes = readNumber(row['stagedBytes']);
  if (stagedBytes === undefined) return {};
  return {
    store: {
      stagedBytes,
      stagedFiles: readNumber(row['stagedFiles']) ?? 0,
      capacityBytes: readNumber(row['capacityBytes']) ?? 0,
      availableBytes: readNumber(row['availableBytes']) ?? 0,
    },
  };
}
