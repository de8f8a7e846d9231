import { HOUR_MS, MINUTE_MS } from './model/time.ts';
import type { TrackedSession } from './model/trackedSession.ts';

/** What makes a row due for a cleanup. */
export interface StaleRules {
  staleAfterMs: number;
  maxClockSkewMs: number;
}

/**
 * When a session was last active as far as its row tells: what its uploader wrote, or else when the row was last written.
 *
 * @returns the instant, and what is wrong with the row's own `lastActivity` when that does not count
 */
export function lastActivityOf(session: TrackedSession, now: Date, rules: StaleRules): { at: Date; error?: string } {
  const { lastActivity, timestamp, unreadableLastActivity } = session;
  if (unreadableLastActivity !== undefined) {
    return { at: timestamp, error: `lastActivity is not a DateTime but ${JSON.stringify(unreadableLastActivity)}` };
  }
  if (!lastActivity) return { at: timestamp };
  if (lastActivity.getTime() > now.getTime() + rules.maxClockSkewMs) {
    return { at: timestamp, error: `lastActivity ${lastActivity.toISOString()} is in the future` };
  }
  return { at: lastActivity };
}

/** No session waits longer for its next attempt, in milliseconds. */
export const LONGEST_WAIT_MS = 6 * HOUR_MS;

/** Whether a next attempt is later than any that a sweep could have written: such a one does not count. */
function isBeyondBackOff(nextAttemptAt: Date, now: Date): boolean {
  return nextAttemptAt.getTime() > now.getTime() + LONGEST_WAIT_MS + MINUTE_MS;
}

/** Whether a session is stale and its turn has come. */
export function isDue(session: TrackedSession, now: Date, rules: StaleRules): boolean {
  if (session.givenUp) return false;
  if (session.nextAttemptAt && session.nextAttemptAt > now && !isBeyondBackOff(session.nextAttemptAt, now))
    return false;
  return isStale(session, now, rules);
}

/** Whether a session has been without activity for as long as makes it stale, its turn come or not. */
export function isStale(session: TrackedSession, now: Date, rules: StaleRules): boolean {
  return lastActivityOf(session, now, rules).at.getTime() < now.getTime() - rules.staleAfterMs;
}

/**
 * The same rules for another age. The clocks may differ by a third of it at most: else a clock that is ahead could make a session
 * with a fresh heartbeat look stale.
 *
 * @param staleAfterMs - no activity for this long makes a session stale
 */
export function olderThanRules<Rules extends StaleRules>(rules: Rules, staleAfterMs: number): Rules {
  return { ...rules, staleAfterMs, maxClockSkewMs: Math.min(rules.maxClockSkewMs, staleAfterMs / 3) };
}
