import type { Headers } from 'node-fetch';

/** The headers by which caches and content delivery networks mark an answer that they kept. */
const HIT_HEADERS = ['x-cache', 'x-cache-status', 'x-proxy-cache', 'cf-cache-status', 'x-varnish-cache'];

/**
 * Finds out whether a cache gave an answer instead of the cluster: then it is not about this moment, whatever it says.
 *
 * `Age: 0` alone is not a mark, since a proxy that asked the cluster may send it.
 *
 * @returns what shows it, as the end of a sentence about the answer
 * @see RFC 9111, section 5.1 (Age) and 5.5 (Warning 110 to 113); RFC 9211 (Cache-Status)
 */
export function cacheMark(headers: Headers): string | undefined {
  const age = headers.get('age');
  if (age !== null && !/^\s*0+\s*$/.test(age)) return 'a cache gave it (Age)';
  const warning = headers.get('warning');
  if (warning !== null && /(?:^|,)\s*11[0-3]\b/.test(warning)) return 'a cache gave it (Warning)';
  const status = headers.get('cache-status');
  if (status !== null && /;\s*hit\b/i.test(status)) return 'a cache gave it (Cache-Status)';
  for (const name of HIT_HEADERS) {
    const value = headers.get(name);
    if (value !== null && /\b(?:hit|stale|updating)\b/i.test(value)) return `a cache gave it (${name})`;
  }
  return undefined;
}
