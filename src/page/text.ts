import type { SessionItem } from '../wire/schemas.ts';
import { instantInWords, numberInWords } from '../wire/words.ts';

/** Makes characters visible that would hide, reorder or break what stands around them: as `\u{202e}`. */
export function visible(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** The states of a session, as people read them. */
export const STATE_NAMES: Record<SessionItem['state'], string> = {
  active: 'active',
  stale: 'stale',
  waiting: 'waiting',
  givenUp: 'given up',
};

/** A count that may be incomplete: `239`, or `at least 239`. */
export function countText({ count, more }: { count: number; more: boolean }): string {
  if (!more) return numberInWords(count);
  return count === 0 ? 'unknown' : `at least ${numberInWords(count)}`;
}

/** The time of day in UTC, such as `00:20`. */
export const clockText = (instant: Date | string | number): string => new Date(instant).toISOString().slice(11, 16);

/** `00:20`, or with its day where that is not today. */
export function soonText(instant: string, now: number): string {
  const isToday = instant.slice(0, 10) === new Date(now).toISOString().slice(0, 10);
  return isToday ? clockText(instant) : instantInWords(instant).slice(0, 16);
}

/** `a`, `a and b`, `a, b and c`. */
export function joined(texts: readonly string[]): string {
  return texts.length < 2 ? (texts[0] ?? '') : `${texts.slice(0, -1).join(', ')} and ${texts.at(-1)}`;
}

export const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
