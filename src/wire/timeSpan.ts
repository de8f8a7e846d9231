import { DAY_MS } from '../cleanup/model/time.ts';

/** The time span of a list; an end left out is open. */
export interface TimeSpan {
  since?: Date | undefined;
  until?: Date | undefined;
}

/**
 * The part of a time span in which rows may be kept: until now (another clock may be slightly ahead), and since the
 * last day that a purge leaves.
 */
export function keptWithin({ since, until }: TimeSpan, now: Date, retentionMs: number): { since: Date; until: Date } {
  const [oldest, newest] = [now.getTime() - retentionMs - DAY_MS, now.getTime() + DAY_MS];
  return {
    since: new Date(Math.max(oldest, since?.getTime() ?? oldest)),
    until: new Date(Math.min(newest, until?.getTime() ?? newest)),
  };
}
