import { pMapIterable } from 'p-map';
import { type ClusterVerdict, judgeCluster } from './clusterVerdict.ts';
import { startPlanner } from './dryRun.ts';
import { type DueRules, dueSessions } from './dueSessions.ts';
import { emptySummary } from './emptySummary.ts';
import { holdFailures } from './heldFailures.ts';
import type { Cleanup } from './model/outcome.ts';
import type { Run } from './model/run.ts';
import type { RunRecord } from './model/runRecord.ts';
import type { SweepPosition } from './model/sweepPosition.ts';
import type { TrackedSession } from './model/trackedSession.ts';
import type { SweepPorts } from './ports.ts';
import { type RefusedRows, startRecorder } from './recorder.ts';
import type { Judgement, RetryRules } from './settle.ts';
import { createStopper, type Stopper, type StopRules } from './stopper.ts';
import { askStoreUsage } from './storeUsage.ts';
import { cleanUpRow, toEntry } from './sweepRow.ts';
import type { TryRules } from './tries.ts';

/** The rules of a sweep. */
export interface SweepRules extends DueRules, RetryRules, TryRules, StopRules {
  /** The maximum number of cleanups at a time. */
  concurrency: number;
  /** Whether it only reports what it would do; see {@link startPlanner}. */
  dryRun: boolean;
}

/**
 * Cleans up all stale sessions: streams them from the table, cleans up several at a time, records every outcome, and then settles
 * the row.
 *
 * Whatever ends the sweep, what is in flight is waited for and recorded. A failure is charged to its session only if a later probe
 * shows that the cluster works; see {@link holdFailures}.
 *
 * @param aborted - ends the sweep early: no new session is taken, and those in flight are finished and recorded
 * @returns the run, which is also recorded, whatever ended it
 * @throws what the storage threw, or a bug, after the run was recorded with that error
 */
export async function sweep(ports: SweepPorts, rules: SweepRules, run: Run, aborted?: AbortSignal): Promise<RunRecord> {
  const summary = emptySummary(run, 'completed', rules.dryRun);
  if (rules.dryRun) summary.bytesToFree = 0;
  const elapsedMs = () => ports.now().getTime() - run.startedAt.getTime();
  const stopper = createStopper(() => elapsedMs() >= rules.timeBudgetMs, aborted, rules);
  let thrown: { error: unknown } | undefined;
  const fail = (error: unknown) => {
    thrown ??= { error };
    stopper.stop('error');
  };
  let refused: RefusedRows | undefined;
  try {
    refused = await sweepAll(summary, ports, rules, run, stopper, fail);
  } catch (error) {
    fail(error);
  } finally {
    stopper.close();
  }
  if (refused?.count) summary.rowsRefused = refused.count;
  // A row that cannot be written needs manual action, whatever else ended the sweep.
  summary.stoppedBy = thrown || summary.rowsRefused ? 'error' : (stopper.reason ?? summary.stoppedBy);
  const error = thrown ? errorText(thrown.error) : refused?.message || stopper.error;
  if (error) summary.error = error;
  if (summary.stoppedBy === 'completed') delete summary.resumeAfter;
  summary.durationMs = elapsedMs();
  try {
    await ports.recordRun(summary);
  } catch (error) {
    ports.log.warn('The run could not be recorded.', { ...summary, recordError: String(error) });
    thrown ??= { error };
  }
  if (thrown) throw thrown.error;
  return summary;
}

const errorText = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Does the work of a sweep, and counts it in `summary`. @returns the rows that could not be written */
async function sweepAll(
  summary: RunRecord,
  ports: SweepPorts,
  rules: SweepRules,
  run: Run,
  stopper: Stopper,
  fail: (error: unknown) => void,
): Promise<RefusedRows> {
  const recorder = rules.dryRun ? startPlanner(ports) : startRecorder(ports);
  const resumable = isWholeSweep(rules);
  const position = resumable ? await ports.resumeAfter(run) : undefined;
  // Set only now: a run that could not read the position must not replace the run that has it.
  if (resumable) summary.resumable = true;
  if (position) summary.resumeAfter = position;

  const probe = async (): Promise<ClusterVerdict | undefined> => {
    // After a stop a probe only judges the last failures. Only a used-up time budget leaves time for that.
    if (stopper.stopped.aborted && stopper.reason !== 'timeBudget') return undefined;
    const verdict = await judgeCluster(ports, rules.maxClockSkewMs, stopper.calls);
    if (!verdict) return undefined;
    summary.probe = { at: verdict.at, verdict: verdict.verdict };
    if (verdict.verdict !== 'good') stopper.stop(verdict.verdict, verdict.message);
    return verdict;
  };
  let firstProbe: Promise<unknown> | undefined;
  // Before the first session. A scheduled sweep probes even if nothing is stale, so that an outage is noticed.
  const probeFirst = () => (firstProbe ??= probe());

  const add = async (session: TrackedSession, cleanup: Cleanup, judgement: Judgement) => {
    await recorder.add(toEntry(ports, rules, run, session, cleanup, judgement));
    if (recorder.failed) stopper.stop('error');
  };
  const held = holdFailures<{ session: TrackedSession; cleanup: Cleanup }>(probe, ({ session, cleanup }, judgement) =>
    add(session, cleanup, judgement),
  );

  const { noteTaken, notePassed } = notePosition(summary, resumable);
  const cleanUp = async (session: TrackedSession): Promise<void> => {
    try {
      await probeFirst();
      await held.ready();
      if (!stopper.goesOn()) return;
      noteTaken(session);
      const cleanup = await cleanUpRow(ports, rules, run, session, stopper);
      const { outcome } = cleanup;
      summary.outcomes[outcome.kind] += 1;
      if (outcome.kind === 'deleted') summary.bytesFreed += outcome.bytes ?? 0;
      if (outcome.kind === 'wouldDelete') summary.bytesToFree = (summary.bytesToFree ?? 0) + (outcome.bytes ?? 0);
      if (outcome.kind !== 'failed' || outcome.error.kind === 'aborted') await add(session, cleanup, 'unknown');
      else await held.hold({ session, cleanup }, outcome);
    } catch (error) {
      fail(error);
    }
  };

  let refused: RefusedRows;
  let usage: Promise<RunRecord['store']> | undefined;
  try {
    if (run.trigger === 'timer') {
      await probeFirst();
      if (stopper.goesOn()) usage = askStoreUsage(ports, stopper.calls);
    }
    const due = dueSessions(summary, ports, rules, run, position, notePassed, stopper, fail);
    const cleaned = pMapIterable(due, cleanUp, { concurrency: rules.concurrency, preserveOrder: false });
    for await (const _ of cleaned);
    await held.settleAll();
  } finally {
    ({ refused } = await recorder.finish());
    const store = await usage;
    if (store) summary.store = store;
  }
  return refused;
}

/** Whether the next sweep continues where this one stops. A sweep of one owner's sessions, or a dry run, has no position. */
const isWholeSweep = ({ owner, dryRun }: SweepRules): boolean => owner === undefined && !dryRun;

/** Notes how far a sweep has got, if the next one continues it. Sessions are taken in the order of the ranges. */
function notePosition(summary: RunRecord, resumable: boolean) {
  let begun = 0;
  return {
    noteTaken({ partition, rowKey }: TrackedSession): void {
      begun += 1;
      if (resumable) summary.resumeAfter = { partition, rowKey };
    },
    /** Called for each page. It does not count while a session before this position has not been taken yet. */
    notePassed(position: SweepPosition, taken: number): void {
      if (resumable && begun === taken) summary.resumeAfter = position;
    },
  };
}
