import { ClockSkewError, type Outcome } from './model/outcome.ts';
import type { Probe } from './model/probe.ts';
import type { StopReason } from './model/stopReason.ts';
import type { Judgement } from './settle.ts';

/** The cluster is probed once this many failures are held. */
const PROBE_AT = 5;

/** The result of a probe: the cluster works, or why a sweep must stop. */
export type ClusterVerdict = { at: Date; verdict: 'good' } | { at: Date; verdict: StopReason; message: string };

/** What a probe depends on. */
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
export async function probeCluster(
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

/** Holds the failures of sessions until a later probe shows whether they are the sessions' own or the cluster's. */
export interface HeldFailures<Failure> {
  /** Waits while the cluster is being probed, so that no session starts meanwhile. */
  ready(): Promise<void>;
  /** Takes a failure, and probes the cluster if enough are held, or the credentials were refused. */
  hold(failure: Failure, outcome: Extract<Outcome, { kind: 'failed' }>): Promise<void>;
  /** Probes the cluster if any failure is held. */
  settleAll(): Promise<void>;
}

/**
 * @param probe - probes the cluster; its result is `undefined` if the cluster did not answer: then nobody is charged
 * @param release - called with each failure and the judgement on it
 */
export function holdFailures<Failure>(
  probe: () => Promise<ClusterVerdict | undefined>,
  release: (failure: Failure, judgement: Judgement) => Promise<void>,
): HeldFailures<Failure> {
  let held: Failure[] = [];
  let judging: Promise<void> | undefined;

  const judge = async () => {
    const before = held;
    held = [];
    let judgement: Judgement = 'unknown';
    try {
      const found = await probe();
      if (found?.verdict === 'good') judgement = 'ofSession';
    } finally {
      for (const failure of before) await release(failure, judgement);
    }
  };
  const judgeNow = () => {
    judging = judge().finally(() => {
      judging = undefined;
    });
    return judging;
  };

  return {
    async ready() {
      while (judging !== undefined) await judging;
    },
    async hold(failure, { error }) {
      held.push(failure);
      // A probe in progress began before this failure.
      const isDue = () => held.length >= PROBE_AT || (held.length > 0 && error.kind === 'accessDenied');
      while (judging !== undefined && isDue()) await judging;
      if (isDue()) await judgeNow();
    },
    async settleAll() {
      while (judging !== undefined) await judging;
      if (held.length > 0) await judgeNow();
    },
  };
}
