import type { TrackedSession } from './model/trackedSession.ts';
import { isDue, isStale, type StaleRules } from './stale.ts';

/**
 * The state of a session by its row:
 *
 * - `active`: received a chunk or heartbeat within `STALE_AFTER`
 * - `stale`: did not; the next sweep processes it
 * - `waiting`: stale, but its last cleanup failed and its next attempt is not due yet
 * - `givenUp`: needs manual action
 */
export type SessionState = 'active' | 'stale' | 'waiting' | 'givenUp';

/** @returns `stale` for exactly the sessions that a sweep with the same rules would process */
export function stateOf(session: TrackedSession, now: Date, rules: StaleRules): SessionState {
  if (isDue(session, now, rules)) return 'stale';
  if (session.givenUp) return 'givenUp';
  return isStale(session, now, rules) ? 'waiting' : 'active';
}
