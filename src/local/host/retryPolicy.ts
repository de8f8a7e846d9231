import type { RetryOptions } from './protocol.ts';

/** How far a delay of the exponential strategy may be off. [azure-webjobs-sdk, RandomizedExponentialBackoffStrategy.cs] */
const RANDOMIZATION = 0.2;

/**
 * @param retry - number of the retry to come, from 1
 * @returns milliseconds to wait before it
 */
export function retryDelayMs(options: RetryOptions, retry: number): number {
  if (options.retryStrategy === 'fixedDelay') return (options.delayInterval?.seconds ?? 0) * 1000;
  const minimum = (options.minimumInterval?.seconds ?? 0) * 1000;
  const maximum = (options.maximumInterval?.seconds ?? 0) * 1000;
  return backoffMs(retry, minimum, maximum);
}

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
