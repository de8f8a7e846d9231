import { DAY_MS } from '../cleanup/model/time.ts';

/** The time span of a list. An end that is left out is open. */
export interface TimeSpan {
  since?: Date | undefined;
  until?: Date | undefined;
}

/**
 * The part of a time span for which rows may exist: until tomorrow, since another clock may be slightly ahead, and back to the
 * oldest day that a purge leaves.
 */
export function keptWithin({ since, until }: TimeSpan, now: Date, retentionMs: number): { since: Date; until: Date } {
  const [oldest, newest] = [now.getTime() - retentionMs - DAY_MS, now.getTime() + DAY_MS];
  return {
    since: new Date(Math.max(oldest, since?.getTime() ?? oldest)),
    until: new Date(Math.min(newest, until?.getTime() ?? newest)),
  };
}
