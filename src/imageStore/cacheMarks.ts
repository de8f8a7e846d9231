import type { Headers } from 'node-fetch';

/** Which values of a header mark an answer that a cache kept. */
const MARKS = new Map([
  ['age', /[^\s0]/],
  ['warning', /(?:^|,)\s*11[0-3]\b/],
  ['cache-status', /;\s*hit\b/i],
  // What caches and content delivery networks sent before there was a standard.
  ...['x-cache', 'x-cache-status', 'x-proxy-cache', 'x-varnish-cache', 'cf-cache-status'].map(
    (name) => [name, /\b(?:hit|stale|updating)\b/i] as const,
  ),
]);

/**
 * Finds out whether a cache gave an answer instead of the cluster: then it is not about this moment, whatever it says.
 *
 * `Age: 0` alone is not a mark, since a proxy that asked the cluster may send it.
 *
 * @returns what shows it, as the end of a sentence about the answer
 * @see RFC 9111, section 5.1 (Age) and 5.5 (Warning 110 to 113); RFC 9211 (Cache-Status)
 */
export function cacheMark(headers: Headers): string | undefined {
  // One pass: each look-up of a name costs as much, and few answers have one of these.
  for (const name of headers.keys()) {
    if (MARKS.get(name)?.test(headers.get(name) ?? '')) return `a cache gave it (${name})`;
  }
  return undefined;
}
