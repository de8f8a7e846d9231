import type { RunRecord } from '../../cleanup/model/runRecord.ts';
import { STOP_REASONS } from '../../cleanup/model/stopReason.ts';
import { lastSweep, worstEnding } from '../../health/lastSweep.ts';
import { schedulePulse } from '../../health/schedulePulse.ts';
import { spanInWords } from '../../wire/words.ts';

/** What the recorded runs tell of the timer. */
export interface TimerVerdict {
  status: 'ok' | 'warning';
  detail: string;
  advice?: string;
}

/** What begins a sweep on the schedule, or a part of it. */
const SCHEDULED = ['timer', 'queue'];

const NO_TIMER =
  'If the app is deployed, look at its function sweepStaleSessions: is it enabled, does its log tell of faults, has it the same ' +
  'SESSION_STORAGE, RUN_TABLE and CLUSTER_NAME?';

/**
 * Puts into words whether the timer still sweeps, and how its sweeps end.
 *
 * @param runs - newest first
 */
export function judgeTimer(runs: readonly RunRecord[], now: Date): TimerVerdict {
  const pulse = schedulePulse(runs, now);
  if (!pulse) return { status: 'warning', detail: 'No sweep on the schedule is on record.', advice: NO_TIMER };
  const { last, silentMs, usualMs, isOverdue } = pulse;
  const when = `The last sweep on the schedule began ${spanInWords(silentMs)} ago`;
  if (isOverdue) {
    const before = usualMs === undefined ? '' : `; as a rule they are ${spanInWords(usualMs)} apart`;
    return { status: 'warning', detail: `${when}${before}. The timer is overdue.`, advice: NO_TIMER };
  }
  const { stoppedBy, error } =
    worstEnding(lastSweep(runs.filter(({ trigger }) => SCHEDULED.includes(trigger)))) ?? last;
  const ended = `${when}: ${stoppedBy}.`;
  const { severity, advice } = STOP_REASONS[stoppedBy];
  if (severity !== 'error') return { status: 'ok', detail: ended };
  return { status: 'warning', detail: [ended, error].filter(Boolean).join(' '), ...(advice ? { advice } : {}) };
}
