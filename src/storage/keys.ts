import { createHash } from 'node:crypto';
import { odata } from '@azure/data-tables';

/** The highest time that 13 digits hold, in milliseconds: the year 2286. */
const LATEST_MS = 9_999_999_999_999;

/** A fixed-width text that sorts newer instants first. */
export function invertedTime(instant: Date): string {
  return String(LATEST_MS - instant.getTime()).padStart(13, '0');
}

/** The filter for row keys that begin with the {@link invertedTime} of an instant in a time span, both ends included. */
export function keysWithin({ since, until }: { since: Date; until?: Date | undefined }): string {
  // Newer instants have lower keys, so the bound behind `since` is the key of the millisecond before it.
  const upTo = odata`RowKey lt ${invertedTime(new Date(since.getTime() - 1))}`;
  return until ? `${odata`RowKey ge ${invertedTime(until)}`} and ${upTo}` : upTo;
}

/** The instant of a key that begins with {@link invertedTime}. @returns `undefined` if it does not */
export function timeOfKey(key: string): Date | undefined {
  const [digits] = /^\d{13}(?=-|$)/.exec(key) ?? [];
  return digits === undefined ? undefined : new Date(LATEST_MS - Number(digits));
}

/** What {@link dayOf} makes. */
export const DAY = /^\d{4}-\d\d-\d\d$/;

/** The day of an instant in UTC, as `yyyy-MM-dd`. */
export function dayOf(instant: Date): string {
  return instant.toISOString().slice(0, 10);
}

/**
 * A row key's last part for a session id. What is no session id may be as long as a whole row key (1 KiB), so a long one
 * is stood in for by its hash; the column `sessionId` holds its text.
 */
export function sessionKeyPart(sessionId: string): string {
  return sessionId.length <= 100 ? sessionId : createHash('sha256').update(sessionId).digest('hex');
}
