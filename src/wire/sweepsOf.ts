import { combineRuns, type SweepOverview } from '../cleanup/combineRuns.ts';
import type { RunRecord } from '../cleanup/model/runRecord.ts';

/** Groups runs into sweeps, in the order of the runs: the runs of a fanned-out sweep are one sweep. */
export function sweepsOf(runs: readonly RunRecord[]): SweepOverview[] {
  const bySweep = Map.groupBy(runs, ({ sweepId }) => sweepId);
  return [...bySweep.values()].flatMap((ofOne) => combineRuns(ofOne) ?? []);
}
