import { ClockSkewError } from './model/clockSkewError.ts';
import type { Probe } from './model/probe.ts';
import type { StopReason } from './model/stopReason.ts';

/** The result of a probe: the cluster works, or why a sweep must stop. */
export type ClusterVerdict = { at: Date; verdict: 'good' } | { at: Date; verdict: StopReason; message: string };

/** What judging the cluster depends on. */
export interface ProbePorts {
  probe(call: { signal?: AbortSignal }): Promise<Probe>;
  now(): Date;
}

/**
 * Probes the cluster, and checks its clock.
 *
 * @param signal - ends the probe
 * @returns `undefined` if it was ended before the cluster answered
 */
export async function judgeCluster(
  ports: ProbePorts,
  maxClockSkewMs: number,
  signal?: AbortSignal,
): Promise<ClusterVerdict | undefined> {
  const probe = await ports.probe(signal ? { signal } : {});
  const at = ports.now();
  if (probe.verdict !== 'good') {
    if (probe.error.kind === 'aborted') return undefined;
    return { at, verdict: probe.verdict, message: probe.error.message };
  }
  const skewMs = probe.clusterDate.getTime() - at.getTime();
  if (Math.abs(skewMs) <= maxClockSkewMs) return { at, verdict: 'good' };
  return { at, verdict: 'clockSkew', message: new ClockSkewError('cluster', skewMs, maxClockSkewMs).message };
}
