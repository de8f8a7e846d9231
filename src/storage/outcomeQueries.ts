import { odata, type TableClient } from '@azure/data-tables';
import pMap from 'p-map';
import { parseOutcomeKind } from '../cleanup/model/outcomeKind.ts';
import type { RecordedOutcome } from '../cleanup/model/outcomeRecord.ts';
import { type Page, pageRoom } from '../cleanup/model/page.ts';
import { parseTrigger } from '../cleanup/model/trigger.ts';
import { readDate, readNumber, readText } from './columns.ts';
import { DAY, dayOf, keysWithin } from './keys.ts';
import { outcomePartition } from './partitions.ts';
import { PositionError, parsePosition } from './position.ts';
import { firstRows, type Row } from './rows.ts';

/** Which outcomes to list. */
export interface OutcomeQuery {
  /** Only of runs that began at or after this time ... */
  since: Date;
  /** ... and at or before this time. */
  until: Date;
  outcome?: string;
  /** As in an {@link RecordedOutcome}. */
  sessionId?: string;
}

/** Queries of the table of outcomes. */
export interface OutcomeQueries {
  /**
   * Lists the outcomes of sessions in some partitions, those of newer runs first. A page with large rows holds fewer.
   *
   * @param limit - the maximum number of outcomes of the page
   * @param after - the position from an earlier page; left out for the first page
   * @param isOver - whether time is over; the page is then cut short, with the position of the next one
   * @throws {RestError} if the storage service cannot be read; {PositionError} for an `after` that is not of this list
   */
  listOutcomes(
    partitions: readonly string[],
    query: OutcomeQuery,
    limit: number,
    after?: string,
    isOver?: () => boolean,
  ): Promise<Page<RecordedOutcome>>;
}

/** The maximum number of queries at a time, and of partitions of several days that are read together. */
const AT_ONCE = 16;

export function outcomeQueries(table: TableClient): OutcomeQueries {
  /** The first rows of one day in one partition, newest first. */
  const rowsOf = (partition: string, day: string, query: OutcomeQuery, most: number, afterKey: string) => {
    const filter = [
      odata`PartitionKey eq ${outcomePartition(partition, day)} and RowKey gt ${afterKey}`,
      keysWithin(query),
      ...(query.outcome === undefined ? [] : [odata`outcome eq ${query.outcome}`]),
      ...(query.sessionId === undefined ? [] : [odata`sessionId eq ${query.sessionId}`]),
    ].join(' and ');
    return firstRows(table, most, { filter });
  };

  return {
    async listOutcomes(partitions, query, limit, after, isOver = () => false) {
      const [firstDay, afterKey] = after === undefined ? [dayOf(query.until), ''] : parsePosition(after);
      // With a day outside of the query's time, all days in between would be read.
      const isOfList = DAY.test(firstDay) && firstDay <= dayOf(query.until) && firstDay >= dayOf(query.since);
      if (after !== undefined && !isOfList) throw new PositionError();
      const days = daysBack(firstDay, dayOf(query.since));
      const widest = Math.max(1, Math.floor(AT_ONCE / partitions.length));
      const found: { day: string; row: Row }[] = [];
      // One day usually fills a page. After empty days, more days are read together.
      for (let width = 1; days.length > 0 && found.length <= limit; width = Math.min(widest, 2 * width)) {
        const [day = ''] = days;
        if (day !== firstDay && isOver()) return page(found, limit, [day, '']);
        const asked = days.splice(0, width).flatMap((one) => partitions.map((partition) => ({ day: one, partition })));
        const answers = await pMap(
          asked,
          async (one) => ({
            day: one.day,
            // One more than fits, to know whether there is a next page.
            rows: await rowsOf(one.partition, one.day, query, limit + 1, one.day === firstDay ? afterKey : ''),
          }),
          { concurrency: AT_ONCE },
        );
        const rows = answers.flatMap((answer) => answer.rows.map((row) => ({ day: answer.day, row })));
        found.push(...rows.sort(newestFirst));
      }
      return page(found, limit);
    },
  };
}

function page(found: { day: string; row: Row }[], limit: number, goOn?: [string, string]): Page<RecordedOutcome> {
  const all = found.slice(0, limit).map(({ row }) => readOutcome(row));
  const fits = pageRoom();
  const overflow = all.findIndex((item) => !fits(item));
  const items = overflow < 0 ? all : all.slice(0, overflow);
  const last = found[items.length - 1];
  if (found.length > items.length && last) return { items, next: JSON.stringify([last.day, last.row.rowKey]) };
  return goOn ? { items, next: JSON.stringify(goOn) } : { items };
}

/** Compares rows for `Array.sort`. The row keys of a day sort newer runs first in every partition. */
function newestFirst(a: { day: string; row: Row }, b: { day: string; row: Row }): number {
  if (a.day !== b.day) return a.day > b.day ? -1 : 1;
  return (a.row.rowKey ?? '') < (b.row.rowKey ?? '') ? -1 : 1;
}

/** The days from one back to an older one, both included. */
export function daysBack(newest: string, oldest: string): string[] {
  const days: string[] = [];
  const day = new Date(newest);
  for (; dayOf(day) >= oldest; day.setUTCDate(day.getUTCDate() - 1)) days.push(dayOf(day));
  return days;
}

export function readOutcome(row: Row): RecordedOutcome {
  return {
    sessionId: readText(row['sessionId']) ?? '',
    outcome: parseOutcomeKind(readText(row['outcome'])),
    trigger: parseTrigger(readText(row['trigger'])),
    runId: readText(row['runId']) ?? '',
    runStartedAt: readDate(row['runStartedAt']) ?? new Date(0),
    httpStatus: readNumber(row['httpStatus']),
    errorCode: readText(row['errorCode']),
    errorMessage: readText(row['errorMessage']),
    attempt: readNumber(row['attempt']) ?? 1,
    tries: readNumber(row['tries']) ?? 1,
    durationMs: readNumber(row['durationMs']) ?? 0,
    lastActivity: readDate(row['lastActivity']),
    bytes: readNumber(row['bytes']),
    fileSizeBytes: readNumber(row['fileSizeBytes']),
    complete: typeof row['complete'] === 'boolean' ? row['complete'] : undefined,
    storeRelativePath: readText(row['storeRelativePath']),
    owner: readText(row['owner']),
    requestId: readText(row['requestId']),
  };
}
