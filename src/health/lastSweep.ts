import { newestOfParts } from '../cleanup/combineRuns.ts';
import type { RunRecord } from '../cleanup/model/runRecord.ts';

/**
 * Finds the newest sweep that has an ended run, and returns the newest run of each of its partitions. A sweep that was not fanned out
 * has only one run.
 *
 * @param runs - newest first
 */
export function lastSweep(runs: readonly RunRecord[]): RunRecord[] {
  const newest = runs.find(({ parts }) => parts === undefined);
  return newestOfParts(runs.filter(({ sweepId }) => sweepId === newest?.sweepId).toReversed());
}
