import type { StoppedBy } from '../cleanup/outcome.ts';
import type { RecordedRun } from '../storage/runQueries.ts';
import { TO_DO } from './advice.ts';
import { spanInWords } from './spanInWords.ts';

/** What the recorded runs tell of the timer. */
export interface TimerVerdict {
  status: 'ok' | 'warning';
  detail: string;
  toDo?: string;
}

/** Silence of so many times the longest pause between the timer's recorded runs is too long. */
const TOO_LONG = 3;

const NO_TIMER =
  'If the app is deployed, look at its function sweepStaleSessions: is it enabled, does its log tell of faults, has it the same ' +
  'SESSION_STORAGE, RUN_TABLE and CLUSTER_NAME?';

/**
 * Tells from the recorded runs whether the timer still sweeps. How often it should is told by how often it did.
 *
 * @param runs - newest first
 */
export function judgeTimer(runs: readonly RecordedRun[], now: Date): TimerVerdict {
  const byTimer = runs.filter(({ trigger }) => trigger === 'timer');
  const [last] = byTimer;
  if (!last) return { status: 'warning', detail: 'No sweep on the schedule is on record.', toDo: NO_TIMER };
  const started = byTimer.map(({ startedAt }) => startedAt.getTime());
  const pauses = started.slice(1).map((time, n) => (started[n] ?? time) - time);
  const silentMs = now.getTime() - last.startedAt.getTime();
  const when = `The last sweep on the schedule began ${spanInWords(silentMs)} ago`;
  const longest = Math.max(...pauses);
  if (pauses.length > 0 && silentMs > TOO_LONG * Math.max(longest, 60_000)) {
    const before = `before that they were at most ${spanInWords(longest)} apart`;
    return { status: 'warning', detail: `${when}; ${before}. The timer is overdue.`, toDo: NO_TIMER };
  }
  const ended = `${when}: ${last.stoppedBy}.`;
  const toDo = TO_DO[last.stoppedBy as StoppedBy];
  if (!toDo && last.stoppedBy !== 'error') return { status: 'ok', detail: ended };
  return { status: 'warning', detail: [ended, last.error].filter(Boolean).join(' '), ...(toDo ? { toDo } : {}) };
}
