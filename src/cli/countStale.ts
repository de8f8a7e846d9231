import { listSessions } from '../cleanup/listSessions.ts';
import { itemsOf } from '../cleanup/model/page.ts';
import type { SweepRules } from '../cleanup/sweep.ts';
import type { Storage } from '../storage/storage.ts';

/** How long to count, in milliseconds. A sweep should not wait long for a number. */
const LONGEST_MS = 10_000;
const PAGE = 1000;

/**
 * Counts the sessions that a sweep by these rules would process.
 *
 * @returns `undefined` if there are too many to count in time
 */
export async function countStale(storage: Storage, rules: SweepRules, now: Date): Promise<number | undefined> {
  const startedMs = performance.now();
  const stale = itemsOf((after) =>
    listSessions(storage, { state: 'stale', limit: PAGE, after }, now, rules, () => false),
  );
  let count = 0;
  for await (const { session } of stale) {
    if (performance.now() - startedMs > LONGEST_MS) return undefined;
    if (rules.owner === undefined || session.owner === rules.owner) count += 1;
    if (rules.limit > 0 && count >= rules.limit) return rules.limit;
  }
  return count;
}
