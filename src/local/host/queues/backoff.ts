/** How far a wait may be off. [azure-webjobs-sdk, RandomizedExponentialBackoffStrategy.cs] */
const RANDOMIZATION = 0.2;

/**
 * Random and exponential: the minimum first, then about twice as much more each time, up to the maximum.
 *
 * @param wait - number of the wait to come, from 1
 * @returns milliseconds
 */
export function backoffMs(wait: number, minimumMs: number, maximumMs: number): number {
  if (wait === 1) return minimumMs;
  const factor = 1 - RANDOMIZATION + Math.random() * 2 * RANDOMIZATION;
  return Math.min(minimumMs + factor * 2 ** (wait - 2) * minimumMs, maximumMs);
}
