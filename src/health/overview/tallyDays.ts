import { noOutcomes, type OutcomeCounts, type OutcomeKind } from '../../cleanup/model/outcomeKind.ts';
import type { RecordedOutcome } from '../../cleanup/model/outcomeRecord.ts';
import type { RunRecord } from '../../cleanup/model/runRecord.ts';
import { DAY_MS } from '../../cleanup/model/time.ts';

/** How many sessions ended in each outcome on one day (UTC). */
export interface DayTally {
  /** Midnight. */
  day: Date;
  outcomes: OutcomeCounts;
  bytesFreed: number;
}

/**
 * Adds up the outcomes of each day: of sweeps by their own counts, which costs one row a sweep however many sessions it took,
 * and of single cleanups one by one. Dry runs count for nothing.
 *
 * @param since - midnight of the first day
 */
export function tallyDays(
  runs: readonly RunRecord[],
  singles: readonly RecordedOutcome[],
  since: Date,
  count: number,
): DayTally[] {
  const days = Array.from({ length: count }, (_, n) => ({
    day: new Date(since.getTime() + n * DAY_MS),
    outcomes: noOutcomes(),
    bytesFreed: 0,
  }));
  // A clock that is a little ahead of ours makes no day of tomorrow.
  const dayOf = (at: Date) => days[Math.min(count - 1, Math.floor((at.getTime() - since.getTime()) / DAY_MS))];
  const add = (at: Date, counts: Record<string, number>, bytes: number) => {
    const day = dayOf(at);
    if (!day) return;
    for (const kind of Object.keys(day.outcomes) as OutcomeKind[]) day.outcomes[kind] += counts[kind] ?? 0;
    day.bytesFreed += bytes;
  };
  for (const { startedAt, outcomes, bytesFreed, dryRun } of runs) if (!dryRun) add(startedAt, outcomes, bytesFreed);
  for (const { runStartedAt, outcome, bytes } of singles) {
    add(runStartedAt, { [outcome]: 1 }, outcome === 'deleted' ? (bytes ?? 0) : 0);
  }
  return days;
}
