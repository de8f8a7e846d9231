const SECONDS = /^\d+$/;

/** The preferred form of an HTTP date. Other forms are rejected, because `Date` accepts almost any text. */
const HTTP_DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;

/**
 * Reads a `Date` header, to the second.
 *
 * @see RFC 9110, section 5.6.7
 */
export function parseHttpDate(text: string | null): Date | undefined {
  if (text === null || !HTTP_DATE.test(text)) return undefined;
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/**
 * Reads a `Retry-After` header, in seconds or as a date.
 *
 * @param text - the header; `null` if there is none
 * @param now - the time that a date is compared with: preferably the answer's own `Date`, which makes this machine's clock irrelevant
 * @returns milliseconds, not limited; `undefined` if there is no header, or it can't be read
 * @see RFC 9110, section 10.2.3
 */
export function parseRetryAfter(text: string | null, now: Date): number | undefined {
  if (text === null) return undefined;
  if (SECONDS.test(text)) return Math.min(Number(text) * 1000, Number.MAX_SAFE_INTEGER);
  const date = parseHttpDate(text);
  return date && Math.max(0, date.getTime() - now.getTime());
}
