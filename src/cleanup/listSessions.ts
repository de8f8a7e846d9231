import type { SessionQueries, SessionQuery } from '../storage/sessionQueries.ts';
import { type Page, pageRoom } from './model/page.ts';
import type { TrackedSession } from './model/trackedSession.ts';
import { type SessionState, stateOf } from './sessionState.ts';
import type { StaleRules } from './stale.ts';

/** Which sessions to list. */
export interface ListQuery {
  state: SessionState | 'all';
  /** The maximum number of sessions of the page, 1 to 1,000. */
  limit: number;
  /** The position from an earlier page; left out for the first page. */
  after?: string | undefined;
}

/**
 * Lists the registered sessions in one state. A page with large rows holds fewer.
 *
 * @param isOver - whether time is over; the page is then cut short, with the position of the next one
 */
export async function listSessions(
  ports: SessionQueries,
  query: ListQuery,
  now: Date,
  rules: StaleRules & { partitions: readonly string[] },
  isOver: () => boolean,
): Promise<Page<{ session: TrackedSession; state: SessionState }>> {
  const filter = filterOf(query.state, new Date(now.getTime() - rules.staleAfterMs));
  // If the storage service cannot filter by the state, large pages are read and filtered here.
  const isSifted = query.state === 'waiting' || query.state === 'active';
  const pageSize = isSifted ? 1000 : Math.min(1000, query.limit + 1);
  const listed = ports.listSessions(rules.partitions, filter, query.after, pageSize);

  const items: { session: TrackedSession; state: SessionState }[] = [];
  const fits = pageRoom();
  let last = query.after;
  for await (const { session, position } of listed) {
    const state = stateOf(session, now, rules);
    const isWanted = query.state === 'all' || query.state === state;
    const isFull = isWanted && (items.length === query.limit || !fits(session));
    if (last !== undefined && (isFull || isOver())) return { items, next: last };
    if (isWanted) items.push({ session, state });
    last = position;
  }
  return { items };
}

/** What the storage service filters by; the state itself is decided here. */
function filterOf(state: ListQuery['state'], inactiveSince: Date): SessionQuery {
  if (state === 'givenUp') return { givenUp: true };
  return state === 'stale' || state === 'waiting' ? { inactiveSince } : {};
}
