import type { FaultRule } from '../../src/local/cluster/faultRule.ts';
import type { SessionShards } from '../../src/storage/partitions.ts';
import { mixedFaults, outageFault } from './clusterFaults.ts';
import { type PlannedSession, planSessions } from './plannedSessions.ts';
import { RandomChoices } from './randomChoices.ts';
import type { StorageFaults } from './tableProxy.ts';

/** An event of the environment or a request to the app, at a time in its phase in milliseconds. */
export type Action = { atMs: number } & (
  | { kind: 'sweep'; host: number }
  /** `atWrite`: ends it after this number of further writes to the tables, before the app receives the last answer. */
  | { kind: 'endHost'; host: number; how: 'kill' | 'terminate'; atWrite?: number }
  | { kind: 'storageOutage'; how: 'kill' | 'stop'; downMs: number }
  | { kind: 'call'; host: number; sessionId: string; onlyIfStale: boolean }
  /** `whenDeleted`: as soon as its session is deleted, so that its row is updated while the sweep settles it. */
  | { kind: 'revive'; sessionId: string; whenDeleted: boolean }
);

/** A part of a round with the same faults. The next phase starts when everything in this one has ended. */
export interface Phase {
  /** In an outage no call to the cluster succeeds. */
  kind: 'mixed' | 'outage';
  rules: FaultRule[];
  rulesSeed: number;
  storage: StorageFaults;
  actions: Action[];
}

/** The plan of one round. The same seed gives the same plan; the exact timing differs. */
export interface RoundPlan {
  seed: number;
  hosts: 1 | 2;
  shards: SessionShards;
  /** Maximum number of concurrent cleanups, and of connections. */
  concurrency: number;
  /** Number of gateway endpoints of the cluster. */
  gateways: 1 | 2;
  /** The maximum number of sessions in a sweep; 0 for no limit. */
  limit: number;
  /** The time budget of a sweep, if it is short: the storage is then slow, and most partitions are empty. */
  timeBudgetMs: number | undefined;
  sessions: PlannedSession[];
  phases: Phase[];
}

export const NO_STORAGE_FAULTS: StorageFaults = { latencyMs: [0, 0], refused: 0, resetBefore: 0, resetAfter: 0 };

/** Plans one round. */
export function planRound(seed: number): RoundPlan {
  const random = new RandomChoices(seed);
  const hosts = random.chance(0.4) ? 2 : 1;
  const timeBudgetMs = random.chance(0.15) ? 2_000 : undefined;
  const shards = timeBudgetMs ? 256 : random.pick([1, 1, 1, 16] as const);
  const limit = random.chance(0.3) ? random.between(5, 12) : 0;
  const concurrency = random.pick([1, 2, 4, 4]);
  const gateways = random.chance(0.4) ? 2 : 1;
  const sessions = planSessions(random, timeBudgetMs ? 'f' : '');
  const phases = Array.from({ length: random.between(1, 2) }, () => mixedPhase(random, hosts, sessions));
  if (random.chance(0.5)) phases.unshift(clusterOutage(random, hosts));
  return { seed, hosts, shards, concurrency, gateways, limit, timeBudgetMs, sessions, phases };
}

function mixedPhase(random: RandomChoices, hosts: number, sessions: PlannedSession[]): Phase {
  const host = () => random.between(0, hosts - 1);
  const actions: Action[] = [{ atMs: 0, kind: 'sweep', host: 0 }];
  if (random.chance(0.6)) actions.push({ atMs: random.between(0, 1500), kind: 'sweep', host: host() });
  actions.push(...hostEnds(random, host));
  if (random.chance(0.25)) {
    const how = random.chance(0.7) ? 'stop' : 'kill';
    actions.push({ atMs: random.between(50, 1200), kind: 'storageOutage', how, downMs: random.between(0, 1500) });
  }
  for (const { id, role } of sessions) {
    const atMs = random.between(0, 2000);
    if (role === 'revived') actions.push({ atMs, kind: 'revive', sessionId: id, whenDeleted: random.chance(0.5) });
    if (role === 'explicit') actions.push({ atMs, kind: 'call', host: host(), sessionId: id, onlyIfStale: false });
    const guarded = role === 'active' || role === 'abandoned' || role === 'twoRows';
    if (guarded && random.chance(0.15)) {
      actions.push({ atMs, kind: 'call', host: host(), sessionId: id, onlyIfStale: true });
    }
  }
  const storage = random.chance(0.7) ? storageFaults(random) : NO_STORAGE_FAULTS;
  return { kind: 'mixed', rules: mixedFaults(random), rulesSeed: random.between(1, 1_000_000), storage, actions };
}

/** Up to three kills, or one host that is stopped. Not both: a kill would have to wait for the stop. */
function hostEnds(random: RandomChoices, host: () => number): Action[] {
  if (random.chance(0.1)) return [{ atMs: random.between(0, 1500), kind: 'endHost', host: host(), how: 'terminate' }];
  return Array.from({ length: random.between(0, 3) }, () => {
    const kill = { kind: 'endHost', host: host(), how: 'kill' } as const;
    if (random.chance(0.6)) return { ...kill, atMs: 0, atWrite: random.between(1, 12) };
    return { ...kill, atMs: random.between(0, 1500) };
  });
}

function storageFaults(random: RandomChoices): StorageFaults {
  const fault = () => (random.chance(0.3) ? random.between(1, 8) / 100 : 0);
  return {
    latencyMs: [0, random.between(20, 300)],
    // Doubled, because the client retries the half that is 503.
    refused: 2 * fault(),
    resetBefore: fault(),
    resetAfter: fault(),
  };
}

/** Only sweeps, so that every call to the cluster belongs to a sweep. */
function clusterOutage(random: RandomChoices, hosts: number): Phase {
  const actions: Action[] = [{ atMs: 0, kind: 'sweep', host: 0 }];
  if (hosts > 1) actions.push({ atMs: random.between(0, 300), kind: 'sweep', host: 1 });
  return { kind: 'outage', rules: [outageFault(random)], rulesSeed: 1, storage: NO_STORAGE_FAULTS, actions };
}
