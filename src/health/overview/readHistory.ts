import type { RecordedOutcome } from '../../cleanup/model/outcomeRecord.ts';
import { itemsOf } from '../../cleanup/model/page.ts';
import type { RunRecord } from '../../cleanup/model/runRecord.ts';
import { DAY_MS } from '../../cleanup/model/time.ts';
import { stateOf } from '../../cleanup/sessionState.ts';
import type { App } from '../../composition/app.ts';
import type { SessionQuery } from '../../storage/sessionQueries.ts';
import type { SessionItem } from '../../wire/schemas.ts';
import { toSessionItem } from '../../wire/toWire.ts';
import { type FailureCause, groupSessions } from './groupSessions.ts';
import { readWithin } from './readWithin.ts';
import { type DayTally, tallyDays } from './tallyDays.ts';

/** The sweeps, outcomes and failures of the last days. */
export interface History {
  /** Newest first, including dry runs. */
  runs: RunRecord[];
  /** Oldest first. */
  days: DayTally[];
  /** Failing sessions and cleanups, by cause. */
  failures: FailureCause[];
  /** Which parts are incomplete: there is too much data, or reading took too long. */
  cut: { runs: boolean; outcomes: boolean; sessions: boolean };
}

/** The number of days in the history, including today. */
export const DAYS = 14;
/** About the number of runs of the default schedule in that time. */
const MAX_RUNS = 5000;
const MAX_OUTCOMES = 5000;
/** The maximum number of stale sessions, and of given-up sessions. */
const MAX_SESSIONS = 10_000;
/** A limit for each day, so that one bad day leaves room for the others. */
const MAX_OUTCOMES_OF_DAY = 1000;
const RUNS_OF_PAGE = 999;

/** Reads the history. @throws if the storage can't be read */
export async function readHistory(
  app: Pick<App, 'storage' | 'settings' | 'sweepRules'>,
  now: Date,
  signal: AbortSignal,
): Promise<History> {
  const since = new Date(Math.floor(now.getTime() / DAY_MS) * DAY_MS - (DAYS - 1) * DAY_MS);
  // Another machine's clock may be ahead.
  const time = { since, until: new Date(now.getTime() + DAY_MS) };
  const { storage, settings } = app;
  const eachRun = itemsOf((after) => storage.listRuns(settings.cluster.name, time, RUNS_OF_PAGE, after, signal));
  const [failing, runs, notable] = await Promise.all([
    readFailing(app, now, signal),
    readWithin(eachRun, MAX_RUNS, signal),
    readWithin(storage.listNotable(app.sweepRules.partitions, time, MAX_OUTCOMES_OF_DAY, signal), MAX_OUTCOMES, signal),
  ]);
  return {
    runs: runs.items,
    days: tallyDays(runs.items, ofNoRun(notable.items, runs.items), since, DAYS),
    failures: groupSessions(failing.sessions, notable.items),
    cut: {
      runs: !runs.complete,
      outcomes: !notable.complete || hasFullDay(notable.items),
      sessions: failing.more,
    },
  };
}

/** The sessions that wait for their next attempt or were given up. */
async function readFailing(
  { storage, sweepRules }: Pick<App, 'storage' | 'sweepRules'>,
  now: Date,
  signal: AbortSignal,
): Promise<{ sessions: SessionItem[]; more: boolean }> {
  const inactiveSince = new Date(now.getTime() - sweepRules.staleAfterMs);
  const read = async (query: SessionQuery, state: 'waiting' | 'givenUp') => {
    const list = storage.listSessions(sweepRules.partitions, query, undefined, 1000, signal);
    const { items, complete } = await readWithin(list, MAX_SESSIONS, signal);
    const inState = items.filter(({ session }) => stateOf(session, now, sweepRules) === state);
    return { sessions: inState.map(({ session }) => toSessionItem(session, now, sweepRules, state)), more: !complete };
  };
  const [givenUp, waiting] = await Promise.all([
    read({ givenUp: true }, 'givenUp'),
    read({ inactiveSince }, 'waiting'),
  ]);
  return { sessions: [...givenUp.sessions, ...waiting.sessions], more: givenUp.more || waiting.more };
}

/** The outcomes of single cleanups on request. The others are already counted in their runs. */
function ofNoRun(outcomes: RecordedOutcome[], runs: RunRecord[]): RecordedOutcome[] {
  const ids = new Set(runs.map(({ runId }) => runId));
  return outcomes.filter(({ runId }) => !ids.has(runId));
}

/** Whether a day may have more outcomes than were read. */
function hasFullDay(outcomes: RecordedOutcome[]): boolean {
  const byDay = Map.groupBy(outcomes, ({ runStartedAt }) => Math.floor(runStartedAt.getTime() / DAY_MS));
  return [...byDay.values()].some(({ length }) => length >= MAX_OUTCOMES_OF_DAY);
}
