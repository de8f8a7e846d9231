import type { RunRecord } from '../../cleanup/model/runRecord.ts';
import { STOP_REASONS } from '../../cleanup/model/stopReason.ts';
import type { Check } from '../check.ts';

/** A check with its time; `undefined` if it was not made. */
export type DatedCheck = Check & { checkedAt: Date | undefined };

/**
 * Derives the checks of the cluster and the credentials from the newest probe of a sweep, so that reading the app's state needs no call
 * to the cluster.
 *
 * @param runs - newest first
 */
export function clusterParts(runs: readonly RunRecord[]): [cluster: DatedCheck, credentials: DatedCheck] {
  const probe = runs.find((run) => run.probe !== undefined)?.probe;
  const part = (name: 'cluster' | 'credentials', check: Omit<DatedCheck, 'name' | 'checkedAt'>): DatedCheck => ({
    name,
    ...check,
    checkedAt: probe?.at,
  });
  if (!probe) {
    const detail = 'Not probed yet. The first sweep probes the cluster, and so does Refresh.';
    return [part('cluster', { status: 'skipped', detail }), part('credentials', { status: 'skipped', detail })];
  }
  if (probe.verdict === 'good') return [part('cluster', { status: 'ok' }), part('credentials', { status: 'ok' })];
  const { sentence, advice } = STOP_REASONS[probe.verdict];
  const failed = { status: 'failed', detail: sentence, ...(advice && { advice }) } as const;
  if (probe.verdict === 'accessDenied') return [part('cluster', { status: 'ok' }), part('credentials', failed)];
  const detail = 'Unknown while the cluster fails.';
  return [part('cluster', failed), part('credentials', { status: 'skipped', detail })];
}
