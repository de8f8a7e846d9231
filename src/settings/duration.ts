import ms, { type StringValue } from 'ms';

/**
 * Reads a duration such as `30s`, `15m`, `2h` or `7d`.
 *
 * @param min - in the same form, as is `max`
 * @returns milliseconds; `undefined` if the text is not a duration, or out of bounds
 */
export function parseDuration(text: string, min: StringValue, max: StringValue): number | undefined {
  // The library throws for a text of more than 100 characters.
  const parsed = text.length <= 30 && /^\d+(\.\d+)?\s*(s|m|h|d)$/.test(text) ? ms(text as StringValue) : Number.NaN;
  return parsed >= ms(min) && parsed <= ms(max) ? parsed : undefined;
}
