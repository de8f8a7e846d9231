import type { StoppedBy } from '../cleanup/model/outcome.ts';
import type { RecordedRun } from '../storage/runQueries.ts';
import { TO_DO } from './advice.ts';

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

/** The run that needs a person most; the first one where none does. */
export function worstEnding(runs: readonly RecordedRun[]): RecordedRun | undefined {
  const needsPerson = ({ stoppedBy }: RecordedRun) =>
    stoppedBy === 'error' || TO_DO[stoppedBy as StoppedBy] !== undefined;
  return runs.find(needsPerson) ?? runs.find(({ stoppedBy }) => stoppedBy === 'timeBudget') ?? runs[0];
}
