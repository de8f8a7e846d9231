import { backOffMs } from './backOff.ts';
import type { Cleanup, Outcome } from './model/outcome.ts';
import { MINUTE_MS } from './model/time.ts';
import type { SessionChange, Settled, TrackedSession } from './model/trackedSession.ts';
import type { RecordPorts } from './ports.ts';
import { LONGEST_WAIT_MS } from './stale.ts';

/** How failed sessions are retried by later sweeps. */
export interface RetryRules {
  /** After this many charged failures a session is given up and needs manual action. */
  maxAttempts: number;
  /** A number from 0 to 1 that spreads the next attempts. */
  random(): number;
}

const FIRST_WAIT_MS = 5 * MINUTE_MS;

/** What becomes of a session's row: removed, changed, or left as it is. */
export type Settlement = 'remove' | 'leave' | SessionChange;

/**
 * Whose failure it was: the session's, as a probe after it showed that the cluster works; or not known to be the session's, and
 * then its row stays as it is.
 */
export type Judgement = 'ofSession' | 'unknown';

/**
 * Decides what becomes of a session's row once its outcome is recorded.
 *
 * @param lastActivity - the session's last activity as the sweep saw it. It is written along with every change, since a
 *   write moves the row's own `Timestamp`, which would make a row without `lastActivity` look alive
 */
export function settlementOf(
  cleanup: Cleanup,
  session: TrackedSession,
  lastActivity: Date,
  now: Date,
  rules: RetryRules,
  judgement: Judgement,
): Settlement {
  const { outcome } = cleanup;
  switch (outcome.kind) {
    case 'deleted':
    case 'wouldDelete':
    case 'notFound':
      return 'remove';
    case 'active': {
      // A heartbeat may be later than the last chunk.
      const latest = outcome.lastActivity > lastActivity ? outcome.lastActivity : lastActivity;
      const change: SessionChange = { lastActivity: latest, attempts: 0 };
      // The session is there, so an earlier DELETE did not delete it: with this time it no longer counts.
      if (mayBeDeleted(session, latest)) return { ...change, deleteSentAt: latest };
      const isSame = session.lastActivity?.getTime() === latest.getTime() && session.attempts === 0;
      return isSame ? 'leave' : change;
    }
    case 'invalid':
      return { lastActivity, givenUp: true, lastError: outcome.reason };
    case 'failed': {
      const sent = cleanup.deleteSent ? { deleteSentAt: now } : {};
      if (judgement === 'unknown') return cleanup.deleteSent ? { lastActivity, ...sent } : 'leave';
      return { lastActivity, ...sent, ...afterFailure(outcome, session, lastActivity, now, rules) };
    }
  }
}

/** What the failure of a session writes into its row, on a cluster that works. */
function afterFailure(
  { error }: Extract<Outcome, { kind: 'failed' }>,
  session: TrackedSession,
  lastActivity: Date,
  now: Date,
  rules: RetryRules,
): SessionChange {
  const failedSince = failedSinceOf(session, lastActivity) ?? now;
  const charged = isCharged(error);
  const attempts = session.attempts + (charged ? 1 : 0);
  const change = { attempts, lastError: error.message, failedSince };
  const hopeless = error.kind === 'invalidRequest';
  if (charged && (hopeless || attempts >= rules.maxAttempts)) return { ...change, givenUp: true };
  const spread = rules.random();
  // What is not charged waits about as long again as it has failed so far.
  const own = charged
    ? backOffMs(attempts, spread, { firstMs: FIRST_WAIT_MS, longestMs: LONGEST_WAIT_MS })
    : Math.max(FIRST_WAIT_MS, now.getTime() - failedSince.getTime()) * (0.5 + spread / 2);
  const waitMs = Math.min(LONGEST_WAIT_MS, Math.max(own, error.retryAfterMs ?? 0));
  return { ...change, nextAttemptAt: new Date(now.getTime() + waitMs) };
}

/**
 * Whether a failure counts as an attempt. Only what the image store itself says of a session does, by its FabricErrorCode.
 * Outages, proxies, credentials, clocks, timeouts and undecidable look-ups say nothing about it.
 */
export function isCharged({ kind, code }: Extract<Outcome, { kind: 'failed' }>['error']): boolean {
  if (code === undefined) return false;
  return kind === 'invalidRequest' || kind === 'conflict' || kind === 'busy' || kind === 'serverError';
}

/** When a session's present series of failures began; `undefined` if it received a chunk since, or never failed. */
export function failedSinceOf({ failedSince }: TrackedSession, lastActivity: Date): Date | undefined {
  return failedSince && failedSince > lastActivity ? failedSince : undefined;
}

/** Whether an earlier DELETE, whose answer is unknown, may have deleted a session that was not active since. */
export function mayBeDeleted({ deleteSentAt }: TrackedSession, lastActivity: Date): boolean {
  return deleteSentAt !== undefined && deleteSentAt > lastActivity;
}

/** Carries out a settlement. */
export async function settle(ports: RecordPorts, session: TrackedSession, settlement: Settlement): Promise<Settled> {
  if (settlement === 'leave') return 'settled';
  return settlement === 'remove' ? ports.removeSession(session) : ports.changeSession(session, settlement);
}
