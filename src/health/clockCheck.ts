import type { App } from '../composition/app.ts';
import type { Check } from './check.ts';

/**
 * Adds to a check how another clock compares with ours; a clock that is too far away fails it.
 *
 * @param clock - the other clock; `undefined` if the answer did not say
 * @param atMs - when it was read, by our clock
 */
export function withClock(
  check: Check,
  clock: Date | undefined,
  { sweepRules: { maxClockSkewMs } }: App,
  atMs = Date.now(),
): Check {
  // A Date header has whole seconds, so a smaller difference is not known.
  const skewMs = clock && Math.trunc((clock.getTime() - atMs) / 1000) * 1000;
  if (skewMs === undefined) return check;
  const compared = { ...check, clockSkewMs: skewMs === 0 ? 0 : skewMs };
  if (Math.abs(skewMs) <= maxClockSkewMs) return compared;
  const apart = `${Math.abs(skewMs / 1000)} s ${skewMs > 0 ? 'ahead of' : 'behind'} ours`;
  const advice = `Correct the clocks. MAX_CLOCK_SKEW allows ${Math.round(maxClockSkewMs / 1000)} s.`;
  return { ...compared, status: 'failed', detail: `Its clock is ${apart}, so sweeps stop.`, advice };
}
