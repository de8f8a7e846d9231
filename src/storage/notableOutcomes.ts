import { odata, type TableClient } from '@azure/data-tables';
import { pMapIterable } from 'p-map';
import { needsAttention, OUTCOME_KINDS, type OutcomeKind } from '../cleanup/model/outcomeKind.ts';
import type { RecordedOutcome } from '../cleanup/model/outcomeRecord.ts';
import { TRIGGERS, type Trigger } from '../cleanup/model/trigger.ts';
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

const ERRORS = (Object.keys(OUTCOME_KINDS) as OutcomeKind[]).filter(needsAttention);
const ON_REQUEST = (Object.keys(TRIGGERS) as Trigger[]).filter((trigger) => !TRIGGERS[trigger].scheduled);
const NOTABLE = [
  ...ERRORS.map((outcome) => odata`outcome eq ${outcome}`),
  ...ON_REQUEST.map((trigger) => odata`trigger eq ${trigger}`),
].join(' or ');

export function notableOutcomes(table: TableClient): NotableOutcomes {
  const ofDay = async (partition: string, day: string, most: number, signal: AbortSignal) => {
    const filter = `${odata`PartitionKey eq ${outcomePartition(partition, day)}`} and (${NOTABLE})`;
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
