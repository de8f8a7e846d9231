import type { TrackedSession } from '../../cleanup/model/trackedSession.ts';
import { type SessionState, stateOf } from '../../cleanup/sessionState.ts';
import { lastActivityOf } from '../../cleanup/stale.ts';
import type { App } from '../../composition/putTogether.ts';
import type { SessionQuery } from '../../storage/sessionQueries.ts';
import { readWithin } from './readWithin.ts';

/** How many there are; `more`: at least so many, the counting was stopped. */
export interface Count {
  count: number;
  more: boolean;
}

/** The registered sessions by state. */
export interface SessionOverview {
  counts: Record<SessionState, Count>;
  /** The first few of those that a person may want to act upon. */
  listed: Record<Exclude<SessionState, 'active'>, ListedSession[]>;
  /** Since when the stale session that waits longest is without activity. */
  oldestStale: Date | undefined;
}

export interface ListedSession {
  session: TrackedSession;
  lastActivity: Date;
}

/** Counting more sessions than this takes longer than a person waits. */
export const MOST_COUNTED = 5000;
export const MOST_LISTED = 50;

/** @throws when the storage can't be read */
export async function readSessions(
  { storage, sweepRules }: Pick<App, 'storage' | 'sweepRules'>,
  now: Date,
  signal: AbortSignal,
): Promise<SessionOverview> {
  const inactiveSince = new Date(now.getTime() - sweepRules.staleAfterMs);
  /** Those in one state, of a query that finds at least them. */
  const inState = async (query: SessionQuery, states: SessionState[]) => {
    const list = storage.listSessions(sweepRules.partitions, query, undefined, 1000, signal);
    const { items, complete } = await readWithin(list, MOST_COUNTED, signal);
    const found = items.map(({ session }) => ({ session, state: stateOf(session, now, sweepRules) }));
    return { found: found.filter(({ state }) => states.includes(state)), more: !complete };
  };
  // Three questions, so that a million fresh sessions don't hide the ones that fail.
  const [silent, givenUp, active] = await Promise.all([
    inState({ inactiveSince }, ['stale', 'waiting']),
    inState({ givenUp: true }, ['givenUp']),
    inState({}, ['active']),
  ]);

  const of = ({ found, more }: typeof silent, wanted: SessionState) => {
    const sessions = found.flatMap(({ session, state }) =>
      state === wanted ? [{ session, lastActivity: lastActivityOf(session, now, sweepRules).at }] : [],
    );
    return { sessions, count: { count: sessions.length, more } };
  };
  const parts = {
    stale: of(silent, 'stale'),
    waiting: of(silent, 'waiting'),
    givenUp: of(givenUp, 'givenUp'),
    active: of(active, 'active'),
  };
  const first = ({ sessions }: typeof parts.stale) => sessions.slice(0, MOST_LISTED);
  return {
    counts: {
      stale: parts.stale.count,
      waiting: parts.waiting.count,
      givenUp: parts.givenUp.count,
      active: parts.active.count,
    },
    listed: { stale: first(parts.stale), waiting: first(parts.waiting), givenUp: first(parts.givenUp) },
    oldestStale: parts.stale.sessions
      .map(({ lastActivity }) => lastActivity)
      .reduce<Date | undefined>((oldest, one) => (oldest && oldest <= one ? oldest : one), undefined),
  };
}
