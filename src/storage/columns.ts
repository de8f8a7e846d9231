import { cutText } from '../cleanup/model/cutText.ts';

/** Readers of columns that anyone may have written: one of a wrong type counts as missing. */

/** The SDK makes a Date of Edm.DateTime alone: a date written as text could mean any time zone, so it is none. */
export function readDate(value: unknown): Date | undefined {
  return value instanceof Date && !Number.isNaN(value.getTime()) ? value : undefined;
}

export function readText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Int32, Double or Int64, which the SDK hands over as a bigint. */
export function readNumber(value: unknown): number | undefined {
  const number = typeof value === 'bigint' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** A text for a column: not longer than 1,000 UTF-16 code units, and without halves of characters, which the service refuses. */
export function textColumn(text: string | undefined): string | undefined {
  return text === undefined ? undefined : cutText(text, 1000).toWellFormed();
}

/** A whole number for a column: a plain one beyond 32 bits would be stored as a fraction. */
export function int64(value: number | undefined) {
  return value === undefined ? undefined : { type: 'Int64' as const, value: String(value) };
}
