import { parseStopReason, worstFirst } from '../cleanup/model/stopReason.ts';
import type { RecordedRun } from '../storage/runQueries.ts';

/**
 * The newest sweep of which something has ended: the newest run of each of its partitions. A sweep that was not fanned out has
 * one run alone.
 *
 * @param runs - newest first
 */
export function lastSweep(runs: readonly RecordedRun[]): RecordedRun[] {
  const ended = runs.filter(({ parts }) => parts === undefined);
  const ofLast = ended.filter(({ sweepId }) => sweepId === ended[0]?.sweepId);
  // Reversed, so that of two runs over a partition the newer one stays.
  return [...new Map(ofLast.reverse().map((run) => [run.partition, run])).values()];
}

/** The run with the worst ending; the first one where all ended alike. */
export function worstEnding(runs: readonly RecordedRun[]): RecordedRun | undefined {
  return runs.toSorted((a, b) => worstFirst(parseStopReason(a.stoppedBy), parseStopReason(b.stoppedBy)))[0];
}
