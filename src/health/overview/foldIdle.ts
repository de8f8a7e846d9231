import type { SweepOverview } from '../../cleanup/combineRuns.ts';

/** Consecutive sweeps that completed and found no stale session. */
export interface IdleSweeps {
  count: number;
  firstAt: Date;
  lastAt: Date;
}

export type SweepEntry = { sweep: SweepOverview } | { idle: IdleSweeps };

/**
 * Combines consecutive sweeps that had nothing to do into one entry, so that the others stand out.
 *
 * @param sweeps - newest first
 */
export function foldIdle(sweeps: readonly SweepOverview[]): SweepEntry[] {
  const entries: SweepEntry[] = [];
  for (const sweep of sweeps) {
    const last = entries.at(-1);
    const at = sweep.startedAt;
    if (!isIdle(sweep)) entries.push({ sweep });
    else if (last && 'idle' in last) last.idle = { ...last.idle, count: last.idle.count + 1, firstAt: at };
    else entries.push({ idle: { count: 1, firstAt: at, lastAt: at } });
  }
  return entries;
}

function isIdle({ stoppedBy, dryRun, outcomes, error }: SweepOverview): boolean {
  return stoppedBy === 'completed' && !dryRun && !error && Object.values(outcomes).every((sessions) => sessions === 0);
}
