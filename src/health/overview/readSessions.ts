import type { TrackedSession } from '../../cleanup/model/trackedSession.ts';
import { type SessionState, stateOf } from '../../cleanup/sessionState.ts';
import { failedSinceOf } from '../../cleanup/settle.ts';
import { lastActivityOf } from '../../cleanup/stale.ts';
import type { App } from '../../composition/app.ts';
import type { SessionQuery } from '../../storage/sessionQueries.ts';
import { readWithin } from './readWithin.ts';

/** How many there are; `more`: at least so many, the counting was stopped. */
export interface Count {
  count: number;
  more: boolean;
}

/** How many registered sessions there are in each state. */
export interface SessionOverview {
  countedAt: Date;
  counts: Record<SessionState, Count>;
  /** Stale ones whose cleanup failed, due again or not, and the first of the failures that follow each other. */
  failing: Count & { since: Date | undefined };
  /** The last activity of the oldest session that is due and has not failed: how far the sweeps are behind. */
  oldestUntried: Date | undefined;
  /** The last activity of the stale session that has been without any for longest. */
  oldestStale: Date | undefined;
}

/** Counting more sessions than this takes longer than a person waits. */
export const MOST_COUNTED = 5000;
/** Active ones need nobody: how many there are matters less than what counting them costs. */
export const MOST_ACTIVE = 1000;

/** @throws when the storage can't be read */
export async function readSessions(
  { storage, sweepRules }: Pick<App, 'storage' | 'sweepRules'>,
  now: Date,
  signal: AbortSignal,
): Promise<SessionOverview> {
  const inactiveSince = new Date(now.getTime() - sweepRules.staleAfterMs);
  const read = async (query: SessionQuery, most: number) => {
    const list = storage.listSessions(sweepRules.partitions, query, undefined, 1000, signal);
    const { items, complete } = await readWithin(list, most, signal);
    const of = (state: SessionState) =>
      items.map(({ session }) => session).filter((session) => stateOf(session, now, sweepRules) === state);
    return { of, more: !complete };
  };
  // Three questions, so that a million active sessions don't hide the ones that fail.
  const [silent, givenUp, all] = await Promise.all([
    read({ inactiveSince }, MOST_COUNTED),
    read({ givenUp: true }, MOST_COUNTED),
    read({}, MOST_ACTIVE),
  ]);
  const stale = silent.of('stale');
  const activity = (session: TrackedSession) => lastActivityOf(session, now, sweepRules).at;
  const failureOf = (session: TrackedSession) =>
    failedSinceOf(session, activity(session)) ?? (session.attempts > 0 ? activity(session) : undefined);
  const failures = [...stale, ...silent.of('waiting')].flatMap((session) => failureOf(session) ?? []);
  const count = ({ of, more }: typeof silent, state: SessionState) => ({ count: of(state).length, more });
  return {
    countedAt: now,
    counts: {
      stale: { count: stale.length, more: silent.more },
      waiting: count(silent, 'waiting'),
      givenUp: count(givenUp, 'givenUp'),
      active: count(all, 'active'),
    },
    failing: { count: failures.length, more: failures.length > 0 && silent.more, since: earliest(failures) },
    oldestUntried: earliest(stale.filter((session) => failureOf(session) === undefined).map(activity)),
    oldestStale: earliest(stale.map(activity)),
  };
}

const earliest = (instants: readonly Date[]): Date | undefined =>
  instants.reduce<Date | undefined>((oldest, one) => (oldest && oldest <= one ? oldest : one), undefined);
