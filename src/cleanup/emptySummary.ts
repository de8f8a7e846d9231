import { noOutcomes } from './model/outcomeKind.ts';
import type { Run } from './model/run.ts';
import type { RunRecord } from './model/runRecord.ts';
import type { StopReason } from './model/stopReason.ts';

/** The summary of a run that has done nothing yet. A run that is not part of a fanned-out sweep is a sweep of its own. */
export function emptySummary(run: Run, stoppedBy: StopReason, dryRun: boolean): RunRecord {
  return {
    sweepId: run.runId,
    ...run,
    durationMs: 0,
    scanned: 0,
    stale: 0,
    outcomes: noOutcomes(),
    bytesFreed: 0,
    dryRun,
    stoppedBy,
  };
}
