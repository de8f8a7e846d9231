import { DelegateBackoff, handleWhenResult, retry } from 'cockatiel';
import type { Outcome } from './model/outcome.ts';

/** How a transient failure is tried again within one cleanup. */
export interface TryRules {
  /** Tries at most, the first one included. */
  maxTries: number;
  /** The wait before the second try, in milliseconds; it doubles with each one. */
  firstWaitMs: number;
  /** A number from 0 to 1 that spreads the waits. */
  random(): number;
}

/** No wait within a cleanup is longer. Who is asked to wait longer leaves it to a later sweep. */
const LONGEST_WAIT_MS = 30_000;

/** One try, and how many there were. */
export interface Tried {
  outcome: Outcome;
  tries: number;
}

/**
 * Tries until the outcome is no transient failure, with exponential waits, spread so that many don't come back at once.
 * `Retry-After` counts where it asks for more.
 *
 * @param stopped - no further try once it is aborted, and no more waiting for one
 */
export async function tryUntilDecided(
  attempt: () => Promise<Outcome>,
  rules: TryRules,
  stopped: AbortSignal | undefined,
): Promise<Tried> {
  let tried: Tried = { outcome: await attempt(), tries: 1 };
  if (!isWorthAnotherTry(tried.outcome) || rules.maxTries <= 1) return tried;

  const policy = retry(
    handleWhenResult((result) => !stopped?.aborted && isWorthAnotherTry(result as Outcome)),
    { maxAttempts: rules.maxTries - 1, backoff: new DelegateBackoff(() => waitMs(tried, rules)) },
  );
  let waiting = false;
  policy.onRetry(() => {
    waiting = true;
  });
  // The policy sees the first outcome as its own first attempt.
  const retried = policy.execute(async ({ attempt: retries }) => {
    waiting = false;
    if (retries > 0 && !stopped?.aborted) tried = { outcome: await attempt(), tries: retries + 1 };
    return tried.outcome;
  });
  // The policy can't be woken from a wait; whoever waits for it can.
  const interrupted = Promise.withResolvers<void>();
  const onStop = () => {
    if (waiting) interrupted.resolve();
  };
  stopped?.addEventListener('abort', onStop, { once: true });
  await Promise.race([retried, interrupted.promise]);
  stopped?.removeEventListener('abort', onStop);
  return tried;
}

function isWorthAnotherTry(outcome: Outcome): boolean {
  if (outcome.kind !== 'failed' || !('kind' in outcome.error)) return false;
  const { retryable, retryAfterMs = 0 } = outcome.error;
  return retryable && retryAfterMs <= LONGEST_WAIT_MS;
}

function waitMs({ outcome, tries }: Tried, { firstWaitMs, random }: TryRules): number {
  const full = Math.min(LONGEST_WAIT_MS, firstWaitMs * 2 ** (tries - 1));
  const asked = outcome.kind === 'failed' && 'kind' in outcome.error ? (outcome.error.retryAfterMs ?? 0) : 0;
  return Math.max(asked, full * (0.5 + random() / 2));
}
