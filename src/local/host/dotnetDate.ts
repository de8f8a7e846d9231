/** .NET's `DateTime.MinValue`, which means "no time yet". */
const NEVER = '0001-01-01T00:00:00';

/**
 * A time in the host's form: local, with its offset, and with 7 or no digits of a second.
 *
 * @param time - Unix time in milliseconds; `undefined` for never
 */
export function toDotnetDate(time: number | undefined): string {
  if (time === undefined) return `${NEVER}${offset(0)}`;
  const minutes = -new Date(time).getTimezoneOffset();
  const local = new Date(time + minutes * 60_000).toISOString();
  const fraction = time % 1000 === 0 ? '' : `.${local.slice(20, 23)}0000`;
  return `${local.slice(0, 19)}${fraction}${offset(minutes)}`;
}

/** @returns Unix time in milliseconds; `undefined` for "never", and for a text that is not a date */
export function fromDotnetDate(text: string): number | undefined {
  const time = text.startsWith('0001-') ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

function offset(minutes: number): string {
  const size = Math.abs(minutes);
  const two = (value: number) => String(Math.trunc(value)).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(size / 60)}:${two(size % 60)}`;
}
