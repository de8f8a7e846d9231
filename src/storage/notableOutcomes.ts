import { odata, type TableClient } from '@azure/data-tables';
import { pMapIterable } from 'p-map';
import type { RecordedOutcome } from '../cleanup/model/outcomeRecord.ts';
import { dayOf } from './keys.ts';
import { daysBack, readOutcome } from './outcomeQueries.ts';
import { outcomePartition } from './partitions.ts';
import { firstRows } from './rows.ts';

/** The table of outcomes for an overview, which cannot read all of them. */
export interface NotableOutcomes {
  /**
   * Streams the outcomes for which the summary of a run is not enough, those of newer days first: failures, and cleanups on
   * request.
   *
   * @param mostOfDay - the maximum number of one day in one partition; the newest are taken
   * @param signal - ends the query with an AbortError
   * @throws {RestError} if the storage service cannot be read
   */
  listNotable(
    partitions: readonly string[],
    time: { since: Date; until: Date },
    mostOfDay: number,
    signal: AbortSignal,
  ): AsyncGenerator<RecordedOutcome, void>;
}

const QUERIES_AT_ONCE = 16;

const NOTABLE = "(outcome eq 'failed' or outcome eq 'invalid' or trigger eq 'http' or trigger eq 'cli')";

export function notableOutcomes(table: TableClient): NotableOutcomes {
  const ofDay = async (partition: string, day: string, most: number, signal: AbortSignal) => {
    const filter = `${odata`PartitionKey eq ${outcomePartition(partition, day)}`} and ${NOTABLE}`;
    return (await firstRows(table, most, { filter, signal })).map(readOutcome);
  };

  return {
    async *listNotable(partitions, { since, until }, mostOfDay, signal) {
      const days = daysBack(dayOf(until), dayOf(since));
      const asked = days.flatMap((day) => partitions.map((partition) => ({ partition, day })));
      const answers = pMapIterable(asked, ({ partition, day }) => ofDay(partition, day, mostOfDay, signal), {
        concurrency: QUERIES_AT_ONCE,
      });
      for await (const found of answers) yield* found;
    },
  };
}
