import type { Probe, ProbeCall } from '../cleanup/model/probe.ts';

/** The result of a probe, and when it was made. */
export interface ProbeAnswer {
  probe: Probe;
  askedAt: Date;
  /** How long the probe took, in milliseconds. */
  latencyMs: number;
}

/** Probes the cluster, and caches the latest answer. */
export interface ProbeCache {
  /** Probes now. */
  fresh(call?: ProbeCall): Promise<ProbeAnswer>;
  /**
   * Returns the answer of the last minute, or of a probe in progress; otherwise probes now. Callers need no key, so the cluster gets at
   * most one probe a minute from them.
   */
  recent(): Promise<ProbeAnswer>;
}

/** How long an answer is cached, in milliseconds. */
const CACHED_MS = 60_000;

/** How long a probe may take while a person or a monitor waits for it, in milliseconds. */
export const INTERACTIVE_TIMEOUT_MS = 10_000;

/** The options of a probe while somebody waits: it waits at most a second for a `Retry-After`. */
export const interactiveCall = (): ProbeCall => ({
  signal: AbortSignal.timeout(INTERACTIVE_TIMEOUT_MS),
  longestWaitMs: 1000,
});

/** @param probe - probes the cluster; does not throw if the cluster fails */
export function createProbeCache(probe: (call: ProbeCall) => Promise<Probe>): ProbeCache {
  // By a monotonic clock: after a change of the system time, an old answer would otherwise count as recent.
  let kept: { answer: ProbeAnswer; startedMs: number } | undefined;
  let inProgress: Promise<ProbeAnswer> | undefined;

  const fresh: ProbeCache['fresh'] = async (call = {}) => {
    const [askedAt, startedMs] = [new Date(), performance.now()];
    const answer = { probe: await probe(call), askedAt, latencyMs: Math.round(performance.now() - startedMs) };
    if (!kept || kept.startedMs <= startedMs) kept = { answer, startedMs };
    return answer;
  };

  return {
    fresh,
    async recent() {
      if (kept && performance.now() - kept.startedMs < CACHED_MS) return kept.answer;
      inProgress ??= fresh(interactiveCall()).finally(() => {
        inProgress = undefined;
      });
      return inProgress;
    },
  };
}
