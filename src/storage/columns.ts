import { cutText } from '../cleanup/model/cutText.ts';

/** Reads columns that anybody may have written. A value of a wrong type counts as missing. */

/** Reads an Edm.DateTime, which is the only type that the SDK reads as a Date. A date written as text has no certain time zone. */
export function readDate(value: unknown): Date | undefined {
  return value instanceof Date && !Number.isNaN(value.getTime()) ? value : undefined;
}

export function readText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Reads an Int32, a Double, or an Int64, which the SDK reads as a bigint. */
export function readNumber(value: unknown): number | undefined {
  const number = typeof value === 'bigint' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** A text for a column: at most 1,000 UTF-16 code units, and without lone surrogates, which the service replaces or refuses. */
export function textColumn(text: string | undefined): string | undefined {
  return text === undefined ? undefined : cutText(text, 1000).toWellFormed();
}

/** An integer for a column. Without its type, one of more than 32 bits would be stored as a Double. */
export function int64(value: number | undefined) {
  return value === undefined ? undefined : { type: 'Int64' as const, value: String(value) };
}
