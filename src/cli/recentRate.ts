/** How fast something goes on at present. */
export interface RecentRate {
  add(count: number): void;
  perSecond(): number;
}

/** So far back counts, in milliseconds. */
const WINDOW_MS = 10_000;

/** @param nowMs - a clock in milliseconds */
export function recentRate(nowMs: () => number): RecentRate {
  const startedMs = nowMs();
  let added: { at: number; count: number }[] = [];
  return {
    add(count) {
      added.push({ at: nowMs(), count });
    },
    perSecond() {
      const now = nowMs();
      added = added.filter(({ at }) => at > now - WINDOW_MS);
      const seconds = Math.max(1, Math.min(WINDOW_MS, now - startedMs) / 1000);
      return added.reduce((sum, { count }) => sum + count, 0) / seconds;
    },
  };
}
