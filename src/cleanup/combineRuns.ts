import { noOutcomes, type OutcomeCounts } from './model/outcomeKind.ts';
import type { RunRecord } from './model/runRecord.ts';
import { type StopReason, worstFirst } from './model/stopReason.ts';
import type { Trigger } from './model/trigger.ts';

/** All runs of one sweep, combined. */
export interface SweepOverview {
  sweepId: string;
  /** What started the sweep. */
  trigger: Trigger;
  startedAt: Date;
  /** When the last run so far ended. */
  endedAt: Date;
  dryRun: boolean;
  parts: {
    /** `undefined` if the run that began the sweep was not found. */
    expected: number | undefined;
    /** Those with at least one run. */
    ended: number;
    /** Those whose newest run has processed every stale session. */
    completed: number;
  };
  scanned: number;
  outcomes: OutcomeCounts;
  bytesFreed: number;
  bytesToFree?: number;
  /** The worst stop reason of the parts' newest runs; `undefined` if not every part has ended. */
  stoppedBy: StopReason | undefined;
  /** The error of the part with that stop reason. */
  error?: string;
}

/**
 * Combines the runs of one sweep: the sums of what all runs did, and the stop reasons of each part's newest run, since a part that
 * failed or was interrupted is run again.
 *
 * @param runs - in any order
 * @returns `undefined` if there are none
 */
export function combineRuns(runs: readonly RunRecord[]): SweepOverview | undefined {
  const oldestFirst = [...runs].sort((a, b) => a.startedAt.getTime() - b.startedAt.getTime());
  const beginning = oldestFirst.find(({ runId, sweepId }) => runId === sweepId);
  const first = beginning ?? oldestFirst[0];
  if (!first) return undefined;
  const newest = newestOfParts(oldestFirst);
  const expected = beginning && (beginning.parts ?? 1);
  const worst = worstEnding(newest);
  const isOver = expected !== undefined && newest.length >= expected;
  const bytesToFree = runs.some((run) => run.bytesToFree !== undefined);
  const sum = (count: (run: RunRecord) => number) => runs.reduce((total, run) => total + count(run), 0);
  return {
    sweepId: first.sweepId,
    trigger: first.trigger,
    startedAt: first.startedAt,
    endedAt: new Date(Math.max(...runs.map(({ startedAt, durationMs }) => startedAt.getTime() + durationMs))),
    dryRun: first.dryRun,
    parts: {
      expected,
      ended: newest.length,
      completed: newest.filter(({ stoppedBy }) => stoppedBy === 'completed').length,
    },
    scanned: sum(({ scanned }) => scanned),
    outcomes: sumOutcomes(runs),
    bytesFreed: sum(({ bytesFreed }) => bytesFreed),
    ...(bytesToFree ? { bytesToFree: sum((run) => run.bytesToFree ?? 0) } : {}),
    stoppedBy: isOver ? worst?.stoppedBy : undefined,
    ...(worst?.error ? { error: worst.error } : {}),
  };
}

/**
 * The newest run of each part of a sweep: a later run over a partition replaces an earlier one. The run that fanned the sweep out is
 * not a part.
 */
export function newestOfParts(oldestFirst: readonly RunRecord[]): RunRecord[] {
  const swept = oldestFirst.filter(({ parts }) => parts === undefined);
  return [...new Map(swept.map((run) => [run.partition, run])).values()];
}

/** The run with the worst stop reason; the first one if several have it. */
export function worstEnding(runs: readonly RunRecord[]): RunRecord | undefined {
  return runs.toSorted((a, b) => worstFirst(a.stoppedBy, b.stoppedBy))[0];
}

function sumOutcomes(runs: readonly RunRecord[]): OutcomeCounts {
  const total = noOutcomes();
  for (const { outcomes } of runs) {
    // A run of an earlier version has no count of a newer outcome.
    for (const kind of Object.keys(total) as (keyof OutcomeCounts)[]) total[kind] += outcomes[kind] ?? 0;
  }
  return total;
}
