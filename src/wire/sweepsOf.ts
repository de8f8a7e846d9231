import { combineRuns, type SweepOverview } from '../cleanup/combineRuns.ts';
import type { RunRecord } from '../cleanup/model/runRecord.ts';

/** Reads runs as sweeps, in the runs' order: those of a sweep that was fanned out as one. */
export function sweepsOf(runs: readonly RunRecord[]): SweepOverview[] {
  const bySweep = Map.groupBy(runs, ({ sweepId }) => sweepId);
  return [...bySweep.values()].flatMap((ofOne) => combineRuns(ofOne) ?? []);
}
