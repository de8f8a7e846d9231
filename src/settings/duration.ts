import ms, { type StringValue } from 'ms';

/**
 * Reads a duration such as `30s`, `15m`, `2h` or `7d`.
 *
 * @param least - in the same form
 * @returns milliseconds; `undefined` if the text is not a duration, or out of bounds
 */
export function parseDuration(text: string, least: StringValue, most: StringValue): number | undefined {
  // The library throws for a text of more than 100 characters.
  const parsed = text.length <= 30 && /^\d+(\.\d+)?\s*(s|m|h|d)$/.test(text) ? ms(text as StringValue) : Number.NaN;
  return parsed >= ms(least) && parsed <= ms(most) ? parsed : undefined;
}
