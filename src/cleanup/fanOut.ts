import { emptySummary } from './emptySummary.ts';
import type { RunSummary } from './model/outcome.ts';
import { parseStopReason, STOP_REASONS } from './model/stopReason.ts';
import type { Run } from './record.ts';

/**
 * What is left to do about a partition that was asked to be swept, by the newest run over it that began since then:
 *
 * - `due`: sweep it
 * - `done`: swept already, by this or a later sweep. Queues deliver late, and some messages twice
 * - `left`: tried already, and told to a person. A queue's next try would only add to the cluster's troubles
 */
export function standingOf(
  newest: { stoppedBy: string; dryRun: boolean } | undefined,
  dryRun: boolean,
): 'due' | 'done' | 'left' {
  if (!newest || newest.dryRun !== dryRun) return 'due';
  if (newest.stoppedBy === 'completed') return 'done';
  return STOP_REASONS[parseStopReason(newest.stoppedBy)].leftToNextSweep ? 'left' : 'due';
}

/** The run that began a sweep and put its parts on the queue. */
export function fannedOut(run: Run, parts: number, dryRun: boolean): RunSummary {
  return { ...emptySummary(run, 'fannedOut', dryRun), parts };
}

/** A part that was tried in vain as often as the queue allows, as a run of its own for people to find. */
export function lostPart(run: Run, error: string): RunSummary {
  return { ...emptySummary(run, 'error', false), error };
}
