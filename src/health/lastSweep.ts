import type { RunRecord } from '../cleanup/model/runRecord.ts';
import { worstFirst } from '../cleanup/model/stopReason.ts';

/**
 * Finds the newest sweep that has an ended run, and returns the newest run of each of its partitions. A sweep that was not fanned out
 * has only one run.
 *
 * @param runs - newest first
 */
export function lastSweep(runs: readonly RunRecord[]): RunRecord[] {
  const ended = runs.filter(({ parts }) => parts === undefined);
  const ofLast = ended.filter(({ sweepId }) => sweepId === ended[0]?.sweepId);
  // Reversed, so that the newer of two runs over one partition replaces the older.
  return [...new Map(ofLast.reverse().map((run) => [run.partition, run])).values()];
}

/** The run with the worst stop reason; the first one if several have it. */
export function worstEnding(runs: readonly RunRecord[]): RunRecord | undefined {
  return runs.toSorted((a, b) => worstFirst(a.stoppedBy, b.stoppedBy))[0];
}
