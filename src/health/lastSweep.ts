import type { RunRecord } from '../cleanup/model/runRecord.ts';
import { worstFirst } from '../cleanup/model/stopReason.ts';

/**
 * The newest sweep of which something has ended: the newest run of each of its partitions. A sweep that was not fanned out has
 * one run alone.
 *
 * @param runs - newest first
 */
export function lastSweep(runs: readonly RunRecord[]): RunRecord[] {
  const ended = runs.filter(({ parts }) => parts === undefined);
  const ofLast = ended.filter(({ sweepId }) => sweepId === ended[0]?.sweepId);
  // Reversed, so that of two runs over a partition the newer one stays.
  return [...new Map(ofLast.reverse().map((run) => [run.partition, run])).values()];
}

/** The run with the worst ending; the first one where all ended alike. */
export function worstEnding(runs: readonly RunRecord[]): RunRecord | undefined {
  return runs.toSorted((a, b) => worstFirst(a.stoppedBy, b.stoppedBy))[0];
}
