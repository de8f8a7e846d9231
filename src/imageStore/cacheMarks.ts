import type { Headers } from 'node-fetch';

/** The header values that mark an answer from a cache. */
const MARKS = new Map([
  ['age', /[^\s0]/],
  ['warning', /(?:^|,)\s*11[0-3]\b/],
  ['cache-status', /;\s*hit\b/i],
]);

/**
 * What caches and content delivery networks sent before RFC 9211, each in a header of its own, such as `X-Cache: TCP_HIT` and
 * `CDN-Cache-Status: HIT`. `X-Cache-Lookup` is left out: it also says `HIT` if the cache asked the cluster all the same.
 */
const OLDER_HEADER = /^(?!cache-control$|x-cache-lookup$).*\bcache\b/;
const OLDER_MARK = /(?<![a-z])(?:hit|stale|updating)(?![a-z])/i;

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
    const mark = MARKS.get(name) ?? (OLDER_HEADER.test(name) ? OLDER_MARK : undefined);
    if (mark?.test(headers.get(name) ?? '')) return `it comes from a cache (${name})`;
  }
  return undefined;
}
