import type { TrackedSession } from './model/trackedSession.ts';
import { isDue, isStale, type StaleRules } from './stale.ts';

/**
 * What a session's row says of it:
 *
 * - `active`: a chunk or a heartbeat came lately
 * - `stale`: a sweep takes it now
 * - `waiting`: stale too, but its last cleanup failed and the next may not begin yet
 * - `givenUp`: a person has to look at it
 */
export type SessionState = 'active' | 'stale' | 'waiting' | 'givenUp';

/** @returns `stale` for exactly the sessions that a sweep by the same rules takes */
export function stateOf(session: TrackedSession, now: Date, rules: StaleRules): SessionState {
  if (isDue(session, now, rules)) return 'stale';
  if (session.givenUp) return 'givenUp';
  return isStale(session, now, rules) ? 'waiting' : 'active';
}
