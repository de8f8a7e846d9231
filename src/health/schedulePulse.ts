import type { RunRecord } from '../cleanup/model/runRecord.ts';
import { DAY_MS, MINUTE_MS } from '../cleanup/model/time.ts';

/** What the recorded runs tell of the schedule. */
export interface SchedulePulse {
  /** The newest run that the timer began. */
  last: RunRecord;
  /** Since it began, in milliseconds. */
  silentMs: number;
  /** The median of the pauses before it, in milliseconds. None: there was no other run. */
  usualMs: number | undefined;
  /** Whether it is silent for longer than the schedule's own pauses explain. */
  isOverdue: boolean;
}

/** A shorter pause is none of the schedule's: two apps began together. */
const SHORTEST_PAUSE_MS = MINUTE_MS / 2;

/** What a start that was missed, or a slow one, may add to a pause. */
const LENIENCE_MS = 10 * MINUTE_MS;

/**
 * Tells from the recorded runs whether the timer still sweeps. How often it should is told by how often it did: a silence is too
 * long when it is longer than two usual pauses and the longest one, and some minutes.
 *
 * @param runs - newest first
 * @returns nothing when the timer began none of them
 */
export function schedulePulse(runs: readonly RunRecord[], now: Date): SchedulePulse | undefined {
  // A part of a fanned-out sweep is begun by the queue: the timer's own run stands for them all.
  const byTimer = runs.filter(({ trigger }) => trigger === 'timer');
  const [last] = byTimer;
  if (!last) return undefined;
  const starts = byTimer.map(({ startedAt }) => startedAt.getTime());
  const pauses = starts
    .slice(1)
    .map((start, n) => (starts[n] ?? start) - start)
    .filter((pause) => pause >= SHORTEST_PAUSE_MS)
    .sort((a, b) => a - b);
  const usualMs = pauses[Math.floor(pauses.length / 2)];
  const silentMs = now.getTime() - last.startedAt.getTime();
  const bearableMs = usualMs === undefined ? DAY_MS : Math.max(2 * usualMs, pauses.at(-1) ?? 0) + LENIENCE_MS;
  return { last, silentMs, usualMs, isOverdue: silentMs > bearableMs };
}
