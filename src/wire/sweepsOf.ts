import { combineRuns, type SweepOverview } from '../cleanup/combineRuns.ts';
import type { RunSummary } from '../cleanup/model/outcome.ts';
import type { RecordedRun } from '../storage/runQueries.ts';

/** Reads runs as sweeps, in the runs' order: those of a sweep that was fanned out as one. */
export function sweepsOf(runs: readonly RecordedRun[]): SweepOverview[] {
  const bySweep = Map.groupBy(runs, ({ sweepId }) => sweepId);
  // Of a table that only this app writes: its words are ours.
  return [...bySweep.values()].flatMap((ofOne) => combineRuns(ofOne as RunSummary[]) ?? []);
}
