/** The current speed of some work. */
export interface RecentRate {
  add(count: number): void;
  perSecond(): number;
}

/** The time that the rate is measured over, in milliseconds. */
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
