import type { StoppedBy } from '../../cleanup/outcome.ts';
import type { RecordedRun } from '../../storage/runQueries.ts';
import { TO_DO } from '../advice.ts';
import type { Check } from '../healthChecks.ts';
import type { Overview } from './overview.ts';

/** `failing`: sessions stay on the cluster's disks. `look`: a person should know. */
export type Level = 'well' | 'look' | 'failing';

/** One thing that is not well. */
export interface Reason {
  level: Exclude<Level, 'well'>;
  what: string;
  toDo?: string;
}

/** Whether all is well. */
export interface Verdict {
  level: Level;
  /** The worst first. */
  reasons: Reason[];
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** A pause between two sweeps that is shorter is none of the schedule's: several partitions, or two hosts. */
const SHORTEST_PAUSE_MS = MINUTE_MS;

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
  const toDo = 'See "What the app depends on", and the log of this invocation.';
  if ('error' in sessions) unread.push({ level: 'failing', what: 'The sessions could not be read.', toDo });
  if ('error' in history) unread.push({ level: 'failing', what: 'Sweeps and outcomes could not be read.', toDo });
  return unread;
}

function runReasons({ history, readAt }: Overview): Reason[] {
  if ('error' in history) return [];
  const { runs } = history.value;
  const isScheduled = ({ trigger }: RecordedRun) => trigger === 'timer' || trigger === 'queue';
  // A dry run that somebody asks for says nothing of the sweeps.
  const last = runs.find((run) => !run.dryRun || isScheduled(run));
  const [scheduled, ...earlier] = runs.filter(isScheduled);
  return [...endReasons(last), ...pauseReasons(scheduled, earlier, readAt)];
}

/** How the last sweep ended. */
function endReasons(last: RecordedRun | undefined): Reason[] {
  if (!last) return [];
  const { stoppedBy, error } = last;
  const toDo = TO_DO[stoppedBy as StoppedBy];
  if (toDo || stoppedBy === 'error') {
    const said = error ? ` ${error}` : '';
    return [{ level: 'failing', what: `The last sweep was stopped (${stoppedBy}).${said}`, ...(toDo && { toDo }) }];
  }
  const reasons: Reason[] = [];
  if (stoppedBy === 'timeBudget') {
    const toDo = 'The next sweep goes on. If it is so every time, raise SWEEP_CONCURRENCY, or sweep more often.';
    reasons.push({ level: 'look', what: 'The last sweep ran out of time before it had seen every session.', toDo });
  }
  const failed = last.outcomes['failed'] ?? 0;
  if (failed > 0) {
    const toDo = 'See "What fails and why". They are tried again by themselves.';
    reasons.push({
      level: 'look',
      what: `${failed} ${failed === 1 ? 'session' : 'sessions'} failed in the last sweep.`,
      toDo,
    });
  }
  return reasons;
}

/** Whether the schedule still runs. Its own pauses of the last days say what to expect. */
function pauseReasons(last: RecordedRun | undefined, earlier: RecordedRun[], now: Date): Reason[] {
  if (!last) {
    const toDo =
      'A new app has yet to begin. Else check SWEEP_SCHEDULE, and whether the function sweepStaleSessions is disabled.';
    return [{ level: 'look', what: 'No sweep of the schedule is on record for the last 14 days.', toDo }];
  }
  const starts = [last, ...earlier].map(({ startedAt }) => startedAt.getTime());
  const pauses = starts
    .slice(1)
    .map((start, n) => (starts[n] ?? start) - start)
    .filter((pause) => pause >= SHORTEST_PAUSE_MS)
    .sort((a, b) => a - b);
  const usual = pauses[Math.floor(pauses.length / 2)];
  const silentMs = now.getTime() - last.startedAt.getTime();
  if (silentMs <= (usual === undefined ? DAY_MS : 2 * usual + 10 * MINUTE_MS)) return [];
  const expected = usual === undefined ? '' : `; they usually come every ${minutes(usual)}`;
  return [
    {
      level: 'look',
      what: `The last sweep of the schedule was ${minutes(silentMs)} ago${expected}.`,
      toDo: 'Check that the app runs, SWEEP_SCHEDULE, and whether the function sweepStaleSessions is disabled.',
    },
  ];
}

function minutes(ms: number): string {
  const count = Math.round(ms / MINUTE_MS);
  if (count < 120) return count === 1 ? '1 minute' : `${count} minutes`;
  return count < 2880 ? `${Math.round(count / 60)} hours` : `${Math.round(count / 1440)} days`;
}

function sessionReasons({ sessions }: Overview): Reason[] {
  if ('error' in sessions) return [];
  const { count, more } = sessions.value.counts.givenUp;
  if (count === 0) return [];
  const many =
    count === 1 && !more
      ? '1 session waits for a person: its cleanup failed too often, or can’t succeed.'
      : `${count.toLocaleString('en')}${more ? ' or more' : ''} sessions wait for a person: their cleanups failed too often, or can’t succeed.`;
  const toDo = 'See "Given up": mend the cause, then take up again or delete.';
  return [{ level: 'look', what: many, toDo }];
}
