import type { Probe, ProbeCall } from '../cleanup/model/probe.ts';

/** A probe's answer, and when it was asked for. */
export interface ProbeAnswer {
  probe: Probe;
  askedAt: Date;
  /** From the question to the verdict, in milliseconds. */
  latencyMs: number;
}

/** Asks the cluster, and keeps the latest answer for callers who may use it again. */
export interface KeptProbe {
  /** Asks now. */
  fresh(call?: ProbeCall): Promise<ProbeAnswer>;
  /** The answer of the last minute, or of a question under way, else a new one. Anyone may ask, so at most one question a minute is sent. */
  recent(): Promise<ProbeAnswer>;
}

/** How long an answer counts for those who did not ask for a new one, in milliseconds. */
const KEPT_MS = 60_000;

/** How long the cluster is waited for while a person or a monitor waits, in milliseconds. */
export const PROBE_PATIENCE_MS = 10_000;

/** A question while somebody waits: what a gateway says within that time counts more than how long it asks to wait. */
export const impatient = (): ProbeCall => ({ signal: AbortSignal.timeout(PROBE_PATIENCE_MS), longestWaitMs: 1000 });

/** @param probe - asks the cluster; never throws for an answer of it */
export function keepProbes(probe: (call: ProbeCall) => Promise<Probe>): KeptProbe {
  let kept: ProbeAnswer | undefined;
  let underWay: Promise<ProbeAnswer> | undefined;

  const fresh: KeptProbe['fresh'] = async (call = {}) => {
    const [askedAt, startedMs] = [new Date(), performance.now()];
    const answer = { probe: await probe(call), askedAt, latencyMs: Math.round(performance.now() - startedMs) };
    if (!kept || kept.askedAt <= askedAt) kept = answer;
    return answer;
  };

  return {
    fresh,
    async recent() {
      if (kept && Date.now() - kept.askedAt.getTime() < KEPT_MS) return kept;
      underWay ??= fresh(impatient()).finally(() => {
        underWay = undefined;
      });
      return underWay;
    },
  };
}
