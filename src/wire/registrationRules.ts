import * as v from 'valibot';
import type { StaleRules } from '../cleanup/stale.ts';

/** The rules for what a registration writes into a session's row, for API and CLI. */

const text = (most: number) => {
  const error = `must be a text of 1 to ${most} characters, not blank and without control characters`;
  return v.pipe(v.string(error), v.regex(new RegExp(`^(?=.*\\S)[^\\p{Cc}\\p{Cs}]{1,${most}}$`, 'u'), error));
};

export const storeRelativePathText = text(1000);
export const ownerText = text(256);

/** An earlier time comes from a clock that was never set. The tables cannot hold times before 1601. */
const FIRST_ACTIVITY = new Date('2000-01-01T00:00:00Z');

/** @returns what is wrong with a last activity, as the end of a sentence; `undefined` if it is valid */
export function lastActivityError(lastActivity: Date, now: Date, { maxClockSkewMs }: StaleRules): string | undefined {
  if (lastActivity < FIRST_ACTIVITY) {
    return `is ${lastActivity.toISOString()}, but must not be before ${FIRST_ACTIVITY.toISOString()}`;
  }
  if (lastActivity.getTime() > now.getTime() + maxClockSkewMs) {
    return `is ${lastActivity.toISOString()}, which is in the future: by the clock of the app it is ${now.toISOString()}`;
  }
  return undefined;
}
