import type { ClusterVerdict } from './clusterVerdict.ts';
import type { Outcome } from './model/outcome.ts';
import type { Judgement } from './settle.ts';

/** The cluster is probed once this many failures are held. */
const PROBE_AT = 5;

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
 * @param probe - probes the cluster; its result is `undefined` if the cluster did not answer: then no session is charged
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
