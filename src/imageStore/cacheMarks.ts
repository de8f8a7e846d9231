import type { Headers } from 'node-fetch';

/** The header values that mark an answer from a cache. */
const MARKS = new Map([
  ['age', /[^\s0]/],
  ['warning', /(?:^|,)\s*11[0-3]\b/],
  ['cache-status', /;\s*hit\b/i],
  // What caches and content delivery networks sent before RFC 9211.
  ...['x-cache', 'x-cache-status', 'x-proxy-cache', 'x-varnish-cache', 'cf-cache-status'].map(
    (name) => [name, /\b(?:hit|stale|updating)\b/i] as const,
  ),
]);

/**
 * Finds out whether an answer came from a cache instead of the cluster. Such an answer may be outdated.
 *
 * `Age: 0` alone is not a mark, since a proxy that asked the cluster may send it.
 *
 * @returns the evidence, as the end of a sentence about the answer; `undefined` if there is none
 * @see RFC 9111, section 5.1 (Age) and 5.5 (Warning 110 to 113); RFC 9211 (Cache-Status)
 */
export function cacheMark(headers: Headers): string | undefined {
  // One pass over the names: looking up each mark by its name would cost a pass for each.
  for (const name of headers.keys()) {
    if (MARKS.get(name)?.test(headers.get(name) ?? '')) return `it comes from a cache (${name})`;
  }
  return undefined;
}
