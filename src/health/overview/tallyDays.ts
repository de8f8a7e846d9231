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
 * Adds up the outcomes of each day. Sweeps are added by their own counts, so each costs only one row; single cleanups are added one by
 * one. Dry runs do not count.
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
  // Another machine's clock may be ahead: its outcomes of tomorrow count for today.
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
