import type { RunRecord } from '../../cleanup/model/runRecord.ts';
import { STOP_REASONS } from '../../cleanup/model/stopReason.ts';
import { spanInWords } from '../../wire/words.ts';
import type { Check } from '../check.ts';
import { lastSweep, worstEnding } from '../lastSweep.ts';
import { schedulePulse } from '../schedulePulse.ts';
import type { Overview } from './overview.ts';

/** `failing`: sessions stay on the cluster's disks. `look`: a person should know. */
export type Level = 'well' | 'look' | 'failing';

/** One thing that is not well. */
export interface Reason {
  level: Exclude<Level, 'well'>;
  what: string;
  advice?: string;
}

/** Whether all is well. */
export interface Verdict {
  level: Level;
  /** The worst first. */
  reasons: Reason[];
}

const PART: Record<Check['name'], string> = {
  settings: 'The settings',
  sessionTable: 'The table of sessions',
  outcomeTable: 'The table of outcomes',
  runTable: 'The table of sweeps',
  cluster: 'The cluster',
  credentials: 'The credentials',
};

/** Weighs an overview up. */
export function verdictOf(overview: Overview): Verdict {
  const reasons = [
    ...healthReasons(overview),
    ...unreadReasons(overview),
    ...runReasons(overview),
    ...sessionReasons(overview),
  ];
  const failing = reasons.filter(({ level }) => level === 'failing');
  const rest = reasons.filter(({ level }) => level === 'look');
  return { level: failing.length > 0 ? 'failing' : rest.length > 0 ? 'look' : 'well', reasons: [...failing, ...rest] };
}

function healthReasons({ health }: Overview): Reason[] {
  return health.checks.flatMap(({ name, status, detail }): Reason[] => {
    if (status === 'failed') return [{ level: 'failing', what: `${PART[name]}: ${detail ?? 'fails.'}` }];
    return name === 'settings' && detail ? [{ level: 'look', what: detail }] : [];
  });
}

function unreadReasons({ sessions, history }: Overview): Reason[] {
  const unread: Reason[] = [];
  const advice = 'See "What the app depends on", and the log of this invocation.';
  if ('error' in sessions) unread.push({ level: 'failing', what: 'The sessions could not be read.', advice });
  if ('error' in history) unread.push({ level: 'failing', what: 'Sweeps and outcomes could not be read.', advice });
  return unread;
}

function runReasons({ history, readAt }: Overview): Reason[] {
  if ('error' in history) return [];
  const { runs } = history.value;
  // A dry run that somebody asks for says nothing of the sweeps.
  const sweeps = runs.filter(({ dryRun, trigger }) => !dryRun || trigger === 'timer' || trigger === 'queue');
  return [...endReasons(lastSweep(sweeps)), ...pauseReasons(runs, readAt)];
}

/** How the last sweep ended. */
function endReasons(sweep: RunRecord[]): Reason[] {
  const worst = worstEnding(sweep);
  if (!worst) return [];
  const { error } = worst;
  const stoppedBy = worst.stoppedBy;
  const { severity, advice } = STOP_REASONS[stoppedBy];
  if (severity === 'error') {
    const said = error ? ` ${error}` : '';
    return [{ level: 'failing', what: `The last sweep was stopped (${stoppedBy}).${said}`, ...(advice && { advice }) }];
  }
  const reasons: Reason[] = [];
  if (stoppedBy === 'timeBudget') {
    const advice = 'The next sweep goes on. If it is so every time, raise SWEEP_CONCURRENCY, or sweep more often.';
    reasons.push({ level: 'look', what: 'The last sweep ran out of time before it had seen every session.', advice });
  }
  const failed = sweep.reduce((total, { outcomes }) => total + (outcomes['failed'] ?? 0), 0);
  if (failed > 0) {
    const advice = 'See "What fails and why". They are tried again by themselves.';
    reasons.push({
      level: 'look',
      what: `${failed} ${failed === 1 ? 'session' : 'sessions'} failed in the last sweep.`,
      advice,
    });
  }
  return reasons;
}

/** Whether the schedule still runs. */
function pauseReasons(runs: readonly RunRecord[], now: Date): Reason[] {
  const pulse = schedulePulse(runs, now);
  if (!pulse) {
    const advice =
      'A new app has yet to begin. Else check SWEEP_SCHEDULE, and whether the function sweepStaleSessions is disabled.';
    return [{ level: 'look', what: 'No sweep of the schedule is on record for the last 14 days.', advice }];
  }
  const { silentMs, usualMs, isOverdue } = pulse;
  if (!isOverdue) return [];
  const expected = usualMs === undefined ? '' : `; they usually come every ${spanInWords(usualMs)}`;
  return [
    {
      level: 'look',
      what: `The last sweep of the schedule was ${spanInWords(silentMs)} ago${expected}.`,
      advice: 'Check that the app runs, SWEEP_SCHEDULE, and whether the function sweepStaleSessions is disabled.',
    },
  ];
}

function sessionReasons({ sessions }: Overview): Reason[] {
  if ('error' in sessions) return [];
  const { count, more } = sessions.value.counts.givenUp;
  if (count === 0) return [];
  const many =
    count === 1 && !more
      ? '1 session waits for a person: its cleanup failed too often, or can’t succeed.'
      : `${count.toLocaleString('en')}${more ? ' or more' : ''} sessions wait for a person: their cleanups failed too often, or can’t succeed.`;
  const advice = 'See "Given up": mend the cause, then take up again or delete.';
  return [{ level: 'look', what: many, advice }];
}
