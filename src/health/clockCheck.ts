import { clockSkewInWords } from '../cleanup/model/clockSkewError.ts';
import type { App } from '../composition/app.ts';
import type { Check } from './check.ts';

/**
 * Adds the difference between another clock and this machine's to a check. The check fails if they differ too much.
 *
 * @param clock - the time of the other clock; `undefined` if the answer had none
 * @param atMs - the time of this machine's clock then
 */
export function withClock(
  check: Check,
  clock: Date | undefined,
  { sweepRules: { maxClockSkewMs } }: App,
  atMs = Date.now(),
): Check {
  // A Date header has whole seconds, so smaller differences are unknown.
  const skewMs = clock && Math.trunc((clock.getTime() - atMs) / 1000) * 1000;
  if (skewMs === undefined) return check;
  const compared = { ...check, clockSkewMs: skewMs === 0 ? 0 : skewMs };
  if (Math.abs(skewMs) <= maxClockSkewMs) return compared;
  const advice = `Correct the clocks. MAX_CLOCK_SKEW allows ${Math.round(maxClockSkewMs / 1000)} s.`;
  return { ...compared, status: 'failed', detail: `Its clock is ${clockSkewInWords(skewMs)}, so sweeps stop.`, advice };
}
