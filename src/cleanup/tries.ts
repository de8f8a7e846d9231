import { setTimeout } from 'node:timers/promises';
import { backOffMs } from './backOff.ts';
import type { Outcome } from './model/outcome.ts';

/** How a transient failure is retried within one cleanup. */
export interface TryRules {
  /** The most tries, the first one included. */
  maxTries: number;
  /** The wait before the second try, in milliseconds; it doubles with each one. */
  firstWaitMs: number;
  /** A number from 0 to 1 that spreads the waits. */
  random(): number;
}

/** No wait within a cleanup is longer. A cluster that asks for a longer wait is left to a later sweep. */
const LONGEST_WAIT_MS = 30_000;

/** The last try's outcome, and how many tries there were. */
export interface Tried {
  outcome: Outcome;
  tries: number;
}

/**
 * Tries until the outcome is not a transient failure. `Retry-After` counts where it asks for more than our own wait.
 *
 * @param stopped - no further try begins once it is aborted, and a wait for one ends
 */
export async function tryUntilDecided(
  attempt: () => Promise<Outcome>,
  rules: TryRules,
  stopped: AbortSignal | undefined,
): Promise<Tried> {
  for (let tries = 1; ; tries += 1) {
    const outcome = await attempt();
    const waitMs = waitBeforeNextTry(outcome, tries, rules);
    if (waitMs === undefined || tries >= rules.maxTries || stopped?.aborted) return { outcome, tries };
    try {
      await setTimeout(waitMs, undefined, stopped ? { signal: stopped } : {});
    } catch {
      return { outcome, tries };
    }
  }
}

/** In milliseconds; `undefined` if the outcome is not worth another try. */
function waitBeforeNextTry(outcome: Outcome, tries: number, { firstWaitMs, random }: TryRules): number | undefined {
  if (outcome.kind !== 'failed' || !outcome.error.retryable) return undefined;
  const { kind, retryAfterMs = 0 } = outcome.error;
  // It was our own delay, not the cluster's: the guard is asked again at once.
  if (kind === 'tooLate') return 0;
  if (retryAfterMs > LONGEST_WAIT_MS) return undefined;
  return Math.max(retryAfterMs, backOffMs(tries, random(), { firstMs: firstWaitMs, longestMs: LONGEST_WAIT_MS }));
}
