import { quoted } from './model/cutText.ts';
import { HOUR_MS, MINUTE_MS } from './model/time.ts';
import type { TrackedSession } from './model/trackedSession.ts';

/** What makes a session stale. */
export interface StaleRules {
  /** How long without activity makes a session stale. */
  staleAfterMs: number;
  maxClockSkewMs: number;
}

/**
 * When a session was last active according to its row: its `lastActivity`, or else the row's last write.
 *
 * @returns the instant, and why the row's own `lastActivity` does not count, if it does not
 */
export function lastActivityOf(session: TrackedSession, now: Date, rules: StaleRules): { at: Date; error?: string } {
  const { lastActivity, timestamp, unreadableLastActivity } = session;
  if (unreadableLastActivity !== undefined) {
    return { at: timestamp, error: `lastActivity is not a DateTime but ${quoted(unreadableLastActivity)}` };
  }
  if (!lastActivity) return { at: timestamp };
  if (lastActivity.getTime() > now.getTime() + rules.maxClockSkewMs) {
    return { at: timestamp, error: `lastActivity ${lastActivity.toISOString()} is in the future` };
  }
  return { at: lastActivity };
}

/** The longest wait for a session's next attempt. */
export const LONGEST_WAIT_MS = 6 * HOUR_MS;

/** Whether a `nextAttemptAt` is later than any that a sweep writes, and so does not count. */
function isBeyondBackOff(nextAttemptAt: Date, now: Date): boolean {
  return nextAttemptAt.getTime() > now.getTime() + LONGEST_WAIT_MS + MINUTE_MS;
}

/** Whether a session is stale, and not given up or waiting. */
export function isDue(session: TrackedSession, now: Date, rules: StaleRules): boolean {
  if (session.givenUp) return false;
  if (session.nextAttemptAt && session.nextAttemptAt > now && !isBeyondBackOff(session.nextAttemptAt, now))
    return false;
  return isStale(session, now, rules);
}

/** Whether a session has been without activity for long enough to be stale; it may be waiting or given up. */
export function isStale(session: TrackedSession, now: Date, rules: StaleRules): boolean {
  return lastActivityOf(session, now, rules).at.getTime() < now.getTime() - rules.staleAfterMs;
}

/**
 * The same rules with another `staleAfterMs`. The clocks may differ by at most a third of it: otherwise a clock that is ahead could
 * make a session with a fresh heartbeat look stale.
 */
export function olderThanRules<Rules extends StaleRules>(rules: Rules, staleAfterMs: number): Rules {
  return { ...rules, staleAfterMs, maxClockSkewMs: Math.min(rules.maxClockSkewMs, staleAfterMs / 3) };
}
