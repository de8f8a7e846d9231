import { backOffMs } from './backOff.ts';
import { FAILURE_KINDS, type FailureKindFacts } from './model/fabricRequestError.ts';
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

/** What happens to a session's row: it is removed, changed, or left unchanged. */
export type Settlement = 'remove' | 'leave' | SessionChange;

/**
 * Whose failure it was: the session's own, since a later probe showed that the cluster works, or unknown. If it is unknown, the
 * session is not charged.
 */
export type Judgement = 'ofSession' | 'unknown';

/**
 * Decides what happens to a session's row once its outcome is recorded.
 *
 * @param lastActivity - by {@link lastActivityOf}. It is written with every change, since a write moves the row's own
 *   `Timestamp`, which would make a row without `lastActivity` look active
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
      // The session exists, so the earlier DELETE did not delete it. With this time that DELETE no longer counts.
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

/** The change of a session's row after a failure that is its own. */
function afterFailure(
  { error }: Extract<Outcome, { kind: 'failed' }>,
  session: TrackedSession,
  lastActivity: Date,
  now: Date,
  rules: RetryRules,
): SessionChange {
  const failedSince = failedSinceOf(session, lastActivity) ?? now;
  const charge = chargeOf(error);
  const charged = charge !== 'notCharged';
  const attempts = session.attempts + (charged ? 1 : 0);
  const change = { attempts, lastError: error.message, failedSince };
  if (charge === 'hopeless' || (charged && attempts >= rules.maxAttempts)) return { ...change, givenUp: true };
  const spread = rules.random();
  // A failure that is not charged waits about as long as the session has been failing.
  const own = charged
    ? backOffMs(attempts, spread, { firstMs: FIRST_WAIT_MS, longestMs: LONGEST_WAIT_MS })
    : Math.max(FIRST_WAIT_MS, now.getTime() - failedSince.getTime()) * (0.5 + spread / 2);
  const waitMs = Math.min(LONGEST_WAIT_MS, Math.max(own, error.retryAfterMs ?? 0));
  return { ...change, nextAttemptAt: new Date(now.getTime() + waitMs) };
}

/** Whether a failure is charged to its session. Only an error of the image store itself is, which has a FabricErrorCode. */
function chargeOf(error: Extract<Outcome, { kind: 'failed' }>['error']): FailureKindFacts['session'] {
  return error.kind === 'clockSkew' || error.code === undefined ? 'notCharged' : FAILURE_KINDS[error.kind].session;
}

/** When a session's current series of failures began; `undefined` if it was active since then, or never failed. */
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
