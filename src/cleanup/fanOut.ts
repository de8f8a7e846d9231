import { judgeCluster, type ProbePorts } from './clusterVerdict.ts';
import { emptySummary } from './emptySummary.ts';
import type { Run } from './model/run.ts';
import type { RunRecord } from './model/runRecord.ts';
import { STOP_REASONS } from './model/stopReason.ts';
import type { SweepPorts } from './ports.ts';
import { askStoreUsage } from './storeUsage.ts';

/**
 * What is left to do for a message that requests the sweep of a partition:
 *
 * - `due`: sweep it
 * - `done`: swept already, by this or a later sweep. Queues deliver late, and some messages twice
 * - `left`: tried and reported already. A retry would only add load to a cluster in trouble
 *
 * @param newest - the newest run over the partition that began after the request
 */
export function standingOf(
  newest: Pick<RunRecord, 'stoppedBy' | 'dryRun'> | undefined,
  dryRun: boolean,
): 'due' | 'done' | 'left' {
  if (!newest || newest.dryRun !== dryRun) return 'due';
  if (newest.stoppedBy === 'completed') return 'done';
  return STOP_REASONS[newest.stoppedBy].leftToNextSweep ? 'left' : 'due';
}

/**
 * Begins a fanned-out sweep if the cluster works; otherwise no other instance is started for it.
 *
 * @param aborted - ends the probe
 * @returns the run that began it, which is also recorded: `fannedOut`, or why it was not fanned out
 * @throws what the storage threw
 */
export async function beginFanOut(
  ports: ProbePorts & Pick<SweepPorts, 'recordRun' | 'getStoreUsage'>,
  rules: { partitions: readonly string[]; dryRun: boolean; maxClockSkewMs: number },
  run: Run,
  aborted: AbortSignal,
): Promise<RunRecord> {
  const found = await judgeCluster(ports, rules.maxClockSkewMs, aborted);
  const summary: RunRecord =
    found?.verdict === 'good'
      ? { ...emptySummary(run, 'fannedOut', rules.dryRun), parts: rules.partitions.length }
      : emptySummary(run, found?.verdict ?? 'aborted', rules.dryRun);
  if (found) summary.probe = { at: found.at, verdict: found.verdict };
  const store = found?.verdict === 'good' ? await askStoreUsage(ports, aborted) : undefined;
  if (store) summary.store = store;
  if (found && found.verdict !== 'good') summary.error = found.message;
  summary.durationMs = ports.now().getTime() - run.startedAt.getTime();
  await ports.recordRun(summary);
  return summary;
}

/** The run of a part that failed as often as the queue allows. It is recorded so that the failure is visible. */
export function lostPart(run: Run, error: string): RunRecord {
  return { ...emptySummary(run, 'error', false), error };
}
