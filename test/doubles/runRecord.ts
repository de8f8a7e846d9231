import { noOutcomes, type OutcomeCounts } from '../../src/cleanup/model/outcomeKind.ts';
import type { RunRecord } from '../../src/cleanup/model/runRecord.ts';

/** The columns of a run that matter to a test. Outcomes that are left out are 0. */
export type RunColumns = Partial<Omit<RunRecord, 'outcomes'>> & { outcomes?: Partial<OutcomeCounts> | undefined };

/** The record of a scheduled sweep that completed and found nothing, with the given columns. */
export function aRun({ outcomes, ...columns }: RunColumns = {}): RunRecord {
  const runId = columns.runId ?? 'a-run';
  return {
    runId,
    sweepId: runId,
    trigger: 'timer',
    startedAt: new Date('2026-11-22T12:00:00.000Z'),
    durationMs: 1,
    scanned: 0,
    stale: 0,
    outcomes: { ...noOutcomes(), ...outcomes },
    bytesFreed: 0,
    dryRun: false,
    stoppedBy: 'completed',
    ...columns,
  };
}
