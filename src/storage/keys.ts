import { createHash } from 'node:crypto';
import { odata } from '@azure/data-tables';

/** The highest time that 13 digits hold, in milliseconds: the year 2286. */
const LATEST_MS = 9_999_999_999_999;

/** An instant as a text of fixed width that sorts newer instants first. */
export function invertedTime(instant: Date): string {
  return String(LATEST_MS - instant.getTime()).padStart(13, '0');
}

/** The filter for row keys that begin with the {@link invertedTime} of an instant in a time span, both ends included. */
export function keysWithin({ since, until }: { since: Date; until?: Date | undefined }): string {
  // Newer instants have lower keys, so the upper bound is the key of the millisecond before `since`.
  const upTo = odata`RowKey lt ${invertedTime(new Date(since.getTime() - 1))}`;
  return until ? `${odata`RowKey ge ${invertedTime(until)}`} and ${upTo}` : upTo;
}

/** Reads the instant from a key that begins with {@link invertedTime}. @returns `undefined` if the key does not */
export function timeOfKey(key: string): Date | undefined {
  const [digits] = /^\d{13}(?=-|$)/.exec(key) ?? [];
  return digits === undefined ? undefined : new Date(LATEST_MS - Number(digits));
}

/** The form of {@link dayOf}. */
export const DAY = /^\d{4}-\d\d-\d\d$/;

/** The day of an instant in UTC, as `yyyy-MM-dd`. */
export function dayOf(instant: Date): string {
  return instant.toISOString().slice(0, 10);
}

/**
 * The part of an outcome's row key that names the session. An invalid session id may be as long as a whole row key (1 KiB), so a
 * long one is replaced by its hash; the column `sessionId` has the text.
 */
export function sessionKeyPart(sessionId: string): string {
  return sessionId.length <= 100 ? sessionId : createHash('sha256').update(sessionId).digest('hex');
}
