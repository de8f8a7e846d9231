/** The bounds of an exponential back-off, in milliseconds. */
export interface BackOffBounds {
  firstMs: number;
  longestMs: number;
}

/**
 * An exponential wait. It is spread at random over its upper half, so that what failed together is not retried together.
 *
 * @param failures - how many there were so far, at least 1
 * @param random - from 0 to 1
 * @returns milliseconds
 */
export function backOffMs(failures: number, random: number, { firstMs, longestMs }: BackOffBounds): number {
  return Math.min(longestMs, firstMs * 2 ** (failures - 1)) * (0.5 + random / 2);
}
