import { InvalidArgumentError } from 'commander';
import * as v from 'valibot';
import { parsePastedSessionId, type SessionId } from '../cleanup/model/sessionId.ts';
import { parseDuration } from '../settings/duration.ts';
import { isOnCalendar, parseInstant } from '../wire/parseInstant.ts';
import { ownerText } from '../wire/registrationRules.ts';

/** Readers of option values. Each throws what commander reports with the option's name. */

const MOST = 1_000_000_000;

/** 0: no limit. */
export function limitValue(text: string): number {
  if (/^\d+$/.test(text) && Number(text) <= MOST) return Number(text);
  throw new InvalidArgumentError(`It must be a whole number from 0 (no limit) to ${MOST}.`);
}

/** @returns milliseconds */
export function olderThanValue(text: string): number {
  const parsed = parseDuration(text, '1m', '30d');
  if (parsed !== undefined) return parsed;
  throw new InvalidArgumentError('It must be a duration from 1m to 30d, such as 15m, 2h or 1d.');
}

/** @returns milliseconds */
export function timeBudgetValue(text: string): number {
  const parsed = parseDuration(text, '1s', '24h');
  if (parsed !== undefined) return parsed;
  throw new InvalidArgumentError('It must be a duration from 1s to 24h, such as 4m.');
}

const DAY = /^\d{4}-\d\d-\d\d$/;

/** A time with its zone, a day (its beginning in UTC), or how long ago. */
export function instantValue(text: string): Date {
  const ago = parseDuration(text, '1s', '3650d');
  if (ago !== undefined) return new Date(Date.now() - ago);
  const instant = DAY.test(text) && isOnCalendar(text) ? new Date(text) : parseInstant(text);
  if (instant !== undefined) return instant;
  throw new InvalidArgumentError(
    'It must be a time with its zone, such as 2026-11-22T10:00:00Z, a day such as 2026-11-22, or how long ago, such as 2h.',
  );
}

export function sessionIdValue(text: string): SessionId {
  const parsed = parsePastedSessionId(text);
  if ('id' in parsed) return parsed.id;
  throw new InvalidArgumentError(`It ${parsed.error}.`);
}

/** A text by the rule of the column that it is written to, or compared with. */
export function textValue(schema: typeof ownerText): (text: string) => string {
  return (text) => {
    const parsed = v.safeParse(schema, text);
    if (parsed.success) return parsed.output;
    throw new InvalidArgumentError(`It ${parsed.issues[0].message}.`);
  };
}

export const ownerValue = textValue(ownerText);
