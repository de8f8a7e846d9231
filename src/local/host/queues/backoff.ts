/** The random deviation of a wait. [azure-webjobs-sdk, RandomizedExponentialBackoffStrategy.cs] */
const RANDOMIZATION = 0.2;

/**
 * Randomized exponential backoff: the first wait is the minimum. Each further wait adds about twice as much as the one before, up to the
 * maximum.
 *
 * @param wait - the number of the wait, from 1
 * @returns milliseconds
 */
export function backoffMs(wait: number, minimumMs: number, maximumMs: number): number {
  if (wait === 1) return minimumMs;
  const factor = 1 - RANDOMIZATION + Math.random() * 2 * RANDOMIZATION;
  return Math.min(minimumMs + factor * 2 ** (wait - 2) * minimumMs, maximumMs);
}
