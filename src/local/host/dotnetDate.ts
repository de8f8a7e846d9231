/** What .NET has for "no time yet". */
const NEVER = '0001-01-01T00:00:00';

/**
 * A time as the host writes it: local, with its offset, and 7 digits of a second or none.
 *
 * @param time - Unix time in milliseconds; undefined: never
 */
export function toDotnetDate(time: number | undefined): string {
  if (time === undefined) return `${NEVER}${offset(0)}`;
  const minutes = -new Date(time).getTimezoneOffset();
  const local = new Date(time + minutes * 60_000).toISOString();
  const fraction = time % 1000 === 0 ? '' : `.${local.slice(20, 23)}0000`;
  return `${local.slice(0, 19)}${fraction}${offset(minutes)}`;
}

/** @returns undefined for "never" and for a text that is not a date */
export function fromDotnetDate(text: string): number | undefined {
  const time = text.startsWith('0001-') ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

function offset(minutes: number): string {
  const size = Math.abs(minutes);
  const two = (value: number) => String(Math.trunc(value)).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(size / 60)}:${two(size % 60)}`;
}
