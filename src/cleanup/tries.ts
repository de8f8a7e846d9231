import { setTimeout } from 'node:timers/promises';
import { backOffMs } from './backOff.ts';
import type { Outcome } from './model/outcome.ts';

/** How a transient failure is retried within one cleanup. */
export interface TryRules {
  /** The maximum number of tries, the first included. */
  maxTries: number;
  /** The wait before the second try, in milliseconds; it doubles with each try. */
  firstWaitMs: number;
  /** A number from 0 to 1 that spreads the waits. */
  random(): number;
}

/** The longest wait within a cleanup. If the cluster asks for a longer one, a later sweep retries. */
const LONGEST_WAIT_MS = 30_000;

/** The outcome of the last try, and the number of tries. */
export interface Tried {
  outcome: Outcome;
  tries: number;
}

/**
 * Tries until the outcome is not a transient failure. `Retry-After` counts if it is longer than the usual wait.
 *
 * @param stopped - once aborted, no further try begins, and the wait for one ends
 * @param wait - rejects if its signal is aborted
 */
export async function tryUntilDecided(
  attempt: () => Promise<Outcome>,
  rules: TryRules,
  stopped: AbortSignal | undefined,
  wait: (milliseconds: number, value: undefined, options: { signal?: AbortSignal }) => Promise<void> = setTimeout,
): Promise<Tried> {
  for (let tries = 1; ; tries += 1) {
    const outcome = await attempt();
    const waitMs = waitBeforeNextTry(outcome, tries, rules);
    if (waitMs === undefined || tries >= rules.maxTries || stopped?.aborted) return { outcome, tries };
    try {
      await wait(waitMs, undefined, stopped ? { signal: stopped } : {});
    } catch {
      return { outcome, tries };
    }
  }
}

/** In milliseconds; `undefined` if the outcome is not worth another try. */
function waitBeforeNextTry(outcome: Outcome, tries: number, { firstWaitMs, random }: TryRules): number | undefined {
  if (outcome.kind !== 'failed' || !outcome.error.retryable) return undefined;
  const { kind, retryAfterMs = 0 } = outcome.error;
  // The delay was on this side, not on the cluster's, so the guard is asked again at once.
  if (kind === 'tooLate') return 0;
  if (retryAfterMs > LONGEST_WAIT_MS) return undefined;
  return Math.max(retryAfterMs, backOffMs(tries, random(), { firstMs: firstWaitMs, longestMs: LONGEST_WAIT_MS }));
}
