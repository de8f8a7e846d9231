import * as z from 'zod';
import type { StaleRules } from '../cleanup/stale.ts';

/** What may stand in a session's row when it is registered, by whatever way. */

const text = (most: number) => {
  const error = `must be a text of 1 to ${most} characters, not blank and without control characters`;
  return z.string({ error }).regex(new RegExp(`^(?=.*\\S)[^\\p{Cc}\\p{Cs}]{1,${most}}$`, 'u'), { error });
};

export const storeRelativePathText = text(1000);
export const ownerText = text(256);

/** The tables hold no time before 1601, and an upload before this is a clock that was never set. */
const FIRST_ACTIVITY = new Date('2000-01-01T00:00:00Z');

/** @returns what is wrong with a last activity, as the end of a sentence; `undefined` if it is valid */
export function lastActivityError(lastActivity: Date, now: Date, { maxClockSkewMs }: StaleRules): string | undefined {
  if (lastActivity < FIRST_ACTIVITY) {
    return `is ${lastActivity.toISOString()}, but must not be before ${FIRST_ACTIVITY.toISOString()}`;
  }
  if (lastActivity.getTime() > now.getTime() + maxClockSkewMs) {
    return `is ${lastActivity.toISOString()}, which is in the future: the clock of the app says ${now.toISOString()}`;
  }
  return undefined;
}
