import type { RunRecord } from '../../cleanup/model/runRecord.ts';
import type { Schedule } from '../../settings/schedule.ts';
import { numberInWords, spanInWords } from '../../wire/words.ts';
import type { Count, SessionOverview } from './readSessions.ts';
import type { Reason } from './reason.ts';

/** The sessions, with the recorded runs. */
export interface SessionFacts {
  sessions: SessionOverview;
  /** `undefined` if they could not be read. */
  runs: readonly RunRecord[] | undefined;
  now: Date;
  schedule: Schedule;
  staleAfterMs: number;
}

/** A backlog is a reason after this many scheduled sweeps. */
const SCHEDULES = 3;

/** The reasons from the sessions: those that fail, those that no sweep reaches, and those that were given up. */
export function sessionReasons(facts: SessionFacts): Reason[] {
  return [...failureReasons(facts), ...backlogReasons(facts), ...givenUpReasons(facts), ...unreadReasons(facts)];
}

function failureReasons({ sessions, runs, now }: SessionFacts): Reason[] {
  const { count, more, since } = sessions.failing;
  if (count === 0 || !since) return [];
  // Single cleanups on request are not in the runs, since they say nothing about the sweeps.
  const deletedSince = runs?.some(
    ({ dryRun, outcomes, startedAt }) => !dryRun && outcomes.deleted > 0 && startedAt.getTime() >= since.getTime(),
  );
  const nothing = runs !== undefined && !deletedSince;
  const ago = spanInWords(now.getTime() - since.getTime());
  return [
    {
      level: nothing ? 'failing' : 'attention',
      section: 'failures',
      what: `${numbered({ count, more }, 'session')} failed and will be retried. The first failure was ${ago} ago${nothing ? ', and nothing was deleted since' : ''}.`,
      advice: 'See why they fail. Sweeps retry them by themselves; after a fix, retry them at once.',
    },
  ];
}

/** Sessions that are due and were not reached for several scheduled sweeps. */
function backlogReasons({ sessions, now, schedule, staleAfterMs }: SessionFacts): Reason[] {
  const { oldestUntried, counts } = sessions;
  if (!oldestUntried) return [];
  let sweep = oldestUntried.getTime() + staleAfterMs;
  for (let n = 0; n <= SCHEDULES; n += 1) {
    sweep = schedule.next(sweep);
    if (sweep > now.getTime()) return [];
  }
  const most = counts.stale.more ? 'at least ' : '';
  return [
    {
      level: 'attention',
      section: 'failures',
      what: `Sweeps do not keep up: the oldest stale session has been without activity for ${most}${spanInWords(now.getTime() - oldestUntried.getTime())}.`,
      advice:
        'Check how the last sweeps ended. Raise SWEEP_LIMIT, SWEEP_TIME_BUDGET or SWEEP_CONCURRENCY, or sweep more often.',
    },
  ];
}

function givenUpReasons({ sessions }: SessionFacts): Reason[] {
  const { givenUp } = sessions.counts;
  if (givenUp.count === 0) return [];
  const needs = givenUp.count === 1 && !givenUp.more ? 'needs' : 'need';
  return [
    {
      level: 'attention',
      section: 'failures',
      what: `${numbered(givenUp, 'session')} ${needs} manual action: given up after too many failures, or because the cleanup cannot succeed.`,
      advice: 'Fix the cause, then retry the session or delete it.',
    },
  ];
}

/** Sessions that were not read, because there are too many or the storage is slow: the other reasons do not cover them. */
function unreadReasons({ sessions }: SessionFacts): Reason[] {
  const { stale, waiting } = sessions.counts;
  if (!stale.more) return [];
  return [
    {
      level: 'attention',
      section: 'failures',
      what: `${numbered({ count: stale.count + waiting.count, more: true }, 'session')} are without activity. The others were not read, so failures among them are not shown.`,
      advice: 'If this continues, check how the last sweeps ended, and whether the storage is slow.',
    },
  ];
}

const numbered = ({ count, more }: Count, noun: string): string =>
  `${more ? 'At least ' : ''}${numberInWords(count)} ${noun}${count === 1 && !more ? '' : 's'}`;
