import type { RunRecord } from '../../cleanup/model/runRecord.ts';
import { STOP_REASONS } from '../../cleanup/model/stopReason.ts';
import { lastSweep, worstEnding } from '../../health/lastSweep.ts';
import { schedulePulse } from '../../health/schedulePulse.ts';
import { spanInWords } from '../../wire/words.ts';

/** What the recorded runs say about the timer. */
export interface TimerVerdict {
  status: 'ok' | 'warning';
  detail: string;
  advice?: string;
}

/** What begins a sweep on the schedule, or a part of it. */
const SCHEDULED = ['timer', 'queue'];

const NO_TIMER =
  'If the app is deployed, check that its function sweepStaleSessions is enabled, that its log shows no errors, and that it has ' +
  'the same SESSION_STORAGE, RUN_TABLE and CLUSTER_NAME as here.';

/**
 * Puts into words whether the timer still sweeps, and how its sweeps end.
 *
 * @param runs - newest first
 */
export function judgeTimer(runs: readonly RunRecord[], now: Date): TimerVerdict {
  const pulse = schedulePulse(runs, now);
  if (!pulse) return { status: 'warning', detail: 'No scheduled sweep recorded.', advice: NO_TIMER };
  const { last, silentMs, usualMs, isOverdue } = pulse;
  const when = `The latest scheduled sweep began ${spanInWords(silentMs)} ago`;
  if (isOverdue) {
    const before = usualMs === undefined ? '' : `; they are usually ${spanInWords(usualMs)} apart`;
    return { status: 'warning', detail: `${when}${before}. The timer is overdue.`, advice: NO_TIMER };
  }
  const { stoppedBy, error } =
    worstEnding(lastSweep(runs.filter(({ trigger }) => SCHEDULED.includes(trigger)))) ?? last;
  const ended = `${when}: ${stoppedBy}.`;
  const { severity, advice } = STOP_REASONS[stoppedBy];
  if (severity !== 'error') return { status: 'ok', detail: ended };
  return { status: 'warning', detail: [ended, error].filter(Boolean).join(' '), ...(advice ? { advice } : {}) };
}
