import type { TrackedSession } from '../../cleanup/model/trackedSession.ts';
import { type SessionState, stateOf } from '../../cleanup/sessionState.ts';
import { failedSinceOf } from '../../cleanup/settle.ts';
import { lastActivityOf } from '../../cleanup/stale.ts';
import type { App } from '../../composition/app.ts';
import type { SessionQuery } from '../../storage/sessionQueries.ts';
import { readWithin } from './readWithin.ts';

/** A number of sessions. */
export interface Count {
  count: number;
  /** Whether there may be more, because counting was stopped. */
  more: boolean;
}

/** How many registered sessions there are in each state. */
export interface SessionOverview {
  countedAt: Date;
  counts: Record<SessionState, Count>;
  /** Stale sessions whose cleanup failed, due or waiting, and when their oldest series of failures began. */
  failing: Count & { since: Date | undefined };
  /** The last activity of the oldest session that is due and has not failed: how far the sweeps are behind. */
  oldestUntried: Date | undefined;
  /** The last activity of the oldest stale session. */
  oldestStale: Date | undefined;
}

/** Counting more sessions than this takes longer than a person waits. */
const MAX_COUNTED = 5000;
/** The limit for active sessions. They need no action, so an exact count is not worth its cost. */
const MAX_ACTIVE = 1000;

/** Counts the registered sessions by state. @throws if the storage can't be read */
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
  // Three queries, so that a million active sessions don't hide the failing ones.
  const [silent, givenUp, all] = await Promise.all([
    read({ inactiveSince }, MAX_COUNTED),
    read({ givenUp: true }, MAX_COUNTED),
    read({}, MAX_ACTIVE),
  ]);
  const stale = silent.of('stale');
  const activity = (session: TrackedSession) => lastActivityOf(session, now, sweepRules).at;
  const failureOf = (session: TrackedSession) =>
    failedSinceOf(session, activity(session)) ?? (session.attempts > 0 ? activity(session) : undefined);
  const failures = [
    ...stale.flatMap((session) => failureOf(session) ?? []),
    // A session waits only because a cleanup failed, even if a heartbeat came after the failure.
    ...silent.of('waiting').map((session) => failureOf(session) ?? activity(session)),
  ];
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
