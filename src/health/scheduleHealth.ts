import type { RunRecord } from '../cleanup/model/runRecord.ts';
import { DAY_MS, MINUTE_MS } from '../cleanup/model/time.ts';

/** What the recorded runs show about the schedule. */
export interface ScheduleHealth {
  /** The newest run that the timer started. */
  last: RunRecord;
  /** The time since it began, in milliseconds. */
  silentMs: number;
  /** The median of the earlier intervals, in milliseconds; `undefined` if there was no other run. */
  usualMs: number | undefined;
  /** Whether the time since the newest run is longer than the schedule explains. */
  isOverdue: boolean;
}

/** A shorter interval does not come from the schedule: two apps started at the same time. */
const SHORTEST_INTERVAL_MS = MINUTE_MS / 2;

/** How much a missed or slow start may add to an interval. */
const TOLERANCE_MS = 10 * MINUTE_MS;

/**
 * Finds out from the recorded runs whether the timer still starts sweeps. The usual interval comes from the runs themselves: the timer
 * is overdue after twice the usual interval or the longest one, whichever is longer, and some minutes.
 *
 * @param runs - newest first
 * @returns `undefined` if the timer started none of them
 */
export function scheduleHealth(runs: readonly RunRecord[], now: Date): ScheduleHealth | undefined {
  // The parts of a fanned-out sweep are started by the queue. The timer's own run represents them.
  const byTimer = runs.filter(({ trigger }) => trigger === 'timer');
  const [last] = byTimer;
  if (!last) return undefined;
  const starts = byTimer.map(({ startedAt }) => startedAt.getTime());
  const intervals = starts
    .slice(1)
    .map((start, n) => (starts[n] ?? start) - start)
    .filter((interval) => interval >= SHORTEST_INTERVAL_MS)
    .sort((a, b) => a - b);
  const usualMs = intervals[Math.floor(intervals.length / 2)];
  const silentMs = now.getTime() - last.startedAt.getTime();
  const toleratedMs = usualMs === undefined ? DAY_MS : Math.max(2 * usualMs, intervals.at(-1) ?? 0) + TOLERANCE_MS;
  return { last, silentMs, usualMs, isOverdue: silentMs > toleratedMs };
}
