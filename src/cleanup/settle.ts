import { isUnsupported } from './clusterWatch.ts';
import type { Outcome } from './model/outcome.ts';
import type { SessionChange, Settled, TrackedSession } from './model/trackedSession.ts';
import type { RecordPorts } from './ports.ts';

/** How failed sessions are taken up again. */
export interface RetryRules {
  /** After so many failed cleanups a session is given up and waits for a person. */
  maxAttempts: number;
  /** A number from 0 to 1 that spreads the next attempts. */
  random(): number;
}

const FIRST_WAIT_MS = 5 * 60_000;
const LONGEST_WAIT_MS = 6 * 3_600_000;

/** What becomes of a session's row: removed, changed, or left as it is. */
export type Settlement = 'remove' | 'leave' | SessionChange;

/**
 * Decides what becomes of a session's row once its outcome is recorded.
 *
 * @param lastActivity - the session's last activity as the sweep saw it. It is written along with every change, since a
 *   write moves the row's own `Timestamp`, which would make a row without `lastActivity` look alive
 */
export function settlementOf(
  outcome: Outcome,
  session: TrackedSession,
  lastActivity: Date,
  now: Date,
  rules: RetryRules,
): Settlement {
  switch (outcome.kind) {
    case 'deleted':
    case 'wouldDelete':
    case 'notFound':
      return 'remove';
    case 'active': {
      const unmoved = session.lastActivity?.getTime() === outcome.lastActivity.getTime();
      return unmoved && session.attempts === 0 ? 'leave' : { lastActivity: outcome.lastActivity, attempts: 0 };
    }
    case 'invalid':
      return { lastActivity, givenUp: true, lastError: outcome.reason };
    case 'failed': {
      const { error } = outcome;
      const kind = 'kind' in error ? error.kind : 'clockSkew';
      // Not this session's fault: it is not charged for it.
      if (kind === 'clockSkew' || kind === 'accessDenied' || kind === 'aborted') return 'leave';
      const attempts = session.attempts + 1;
      const change = { lastActivity, attempts, lastError: error.message };
      const permanent = (kind === 'invalidRequest' && !isUnsupported(outcome)) || kind === 'conflict';
      if (permanent || attempts >= rules.maxAttempts) return { ...change, givenUp: true };
      const askedMs = 'retryAfterMs' in error ? (error.retryAfterMs ?? 0) : 0;
      const wait = Math.max(waitMs(attempts, rules.random()), Math.min(askedMs, LONGEST_WAIT_MS));
      return { ...change, nextAttemptAt: new Date(now.getTime() + wait) };
    }
  }
}

/** Exponential, capped, and spread over the upper half so that sessions that failed together don't come back together. */
function waitMs(attempts: number, random: number): number {
  const full = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempts - 1));
  return full * (0.5 + random / 2);
}

/** Carries a settlement out. */
export async function settle(ports: RecordPorts, session: TrackedSession, settlement: Settlement): Promise<Settled> {
  if (settlement === 'leave') return 'settled';
  return settlement === 'remove' ? ports.removeSession(session) : ports.changeSession(session, settlement);
}
