import type { FaultRule } from '../../src/local/cluster/faultRule.ts';
import type { SessionShards } from '../../src/storage/partitions.ts';
import { Dice } from './dice.ts';
import { mixedTrouble, outage } from './faultMenu.ts';
import { type PlannedSession, planSessions } from './plannedSession.ts';
import type { StorageFaults } from './storageProxy.ts';

/** An event of the environment or a request to the app, at a time in its phase in milliseconds. */
export type Action = { atMs: number } & (
  | { kind: 'sweep'; host: number }
  /** With `atWrite`: right after this number of further writes to the tables, before the app gets the answer to the last one. */
  | { kind: 'endHost'; host: number; how: 'kill' | 'terminate'; atWrite?: number }
  | { kind: 'storageOutage'; how: 'kill' | 'stop'; downMs: number }
  | { kind: 'call'; host: number; sessionId: string; onlyIfStale: boolean }
  /** `whenDeleted`: as soon as its session is deleted, so that its row is updated while the sweep settles it. */
  | { kind: 'revive'; sessionId: string; whenDeleted: boolean }
);

/** A part of a round with the same faults. The next one begins when nothing of it is running. */
export interface Phase {
  /** In an outage no call to the cluster succeeds. */
  kind: 'trouble' | 'outage';
  rules: FaultRule[];
  rulesSeed: number;
  storage: StorageFaults;
  actions: Action[];
}

/** The plan of one round. It is the same for the same seed, but the exact timing differs. */
export interface RoundPlan {
  seed: number;
  hosts: 1 | 2;
  shards: SessionShards;
  /** Of cleanups and of connections. */
  concurrency: number;
  /** Of the cluster. */
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
  const dice = new Dice(seed);
  const hosts = dice.chance(0.4) ? 2 : 1;
  const timeBudgetMs = dice.chance(0.15) ? 2_000 : undefined;
  const shards = timeBudgetMs ? 256 : dice.pick([1, 1, 1, 16] as const);
  const limit = dice.chance(0.3) ? dice.between(5, 12) : 0;
  const concurrency = dice.pick([1, 2, 4, 4]);
  const gateways = dice.chance(0.4) ? 2 : 1;
  const sessions = planSessions(dice, timeBudgetMs ? 'f' : '');
  const phases = Array.from({ length: dice.between(1, 2) }, () => trouble(dice, hosts, sessions));
  if (dice.chance(0.5)) phases.unshift(clusterOutage(dice, hosts));
  return { seed, hosts, shards, concurrency, gateways, limit, timeBudgetMs, sessions, phases };
}

function trouble(dice: Dice, hosts: number, sessions: PlannedSession[]): Phase {
  const host = () => dice.between(0, hosts - 1);
  const actions: Action[] = [{ atMs: 0, kind: 'sweep', host: 0 }];
  if (dice.chance(0.6)) actions.push({ atMs: dice.between(0, 1500), kind: 'sweep', host: host() });
  actions.push(...endsOfHosts(dice, host));
  if (dice.chance(0.25)) {
    const how = dice.chance(0.7) ? 'stop' : 'kill';
    actions.push({ atMs: dice.between(50, 1200), kind: 'storageOutage', how, downMs: dice.between(0, 1500) });
  }
  for (const { id, role } of sessions) {
    const atMs = dice.between(0, 2000);
    if (role === 'revived') actions.push({ atMs, kind: 'revive', sessionId: id, whenDeleted: dice.chance(0.5) });
    if (role === 'explicit') actions.push({ atMs, kind: 'call', host: host(), sessionId: id, onlyIfStale: false });
    const guarded = role === 'active' || role === 'abandoned' || role === 'twice';
    if (guarded && dice.chance(0.15)) {
      actions.push({ atMs, kind: 'call', host: host(), sessionId: id, onlyIfStale: true });
    }
  }
  const storage = dice.chance(0.7) ? storageTrouble(dice) : NO_STORAGE_FAULTS;
  return { kind: 'trouble', rules: mixedTrouble(dice), rulesSeed: dice.between(1, 1_000_000), storage, actions };
}

/** Several kills, or one host that is stopped: a kill would have to wait for its end. */
function endsOfHosts(dice: Dice, host: () => number): Action[] {
  if (dice.chance(0.1)) return [{ atMs: dice.between(0, 1500), kind: 'endHost', host: host(), how: 'terminate' }];
  return Array.from({ length: dice.between(0, 3) }, () => {
    const kill = { kind: 'endHost', host: host(), how: 'kill' } as const;
    if (dice.chance(0.6)) return { ...kill, atMs: 0, atWrite: dice.between(1, 12) };
    return { ...kill, atMs: dice.between(0, 1500) };
  });
}

function storageTrouble(dice: Dice): StorageFaults {
  const fault = () => (dice.chance(0.3) ? dice.between(1, 8) / 100 : 0);
  return {
    latencyMs: [0, dice.between(20, 300)],
    // The client does not retry half of them, so that an error has an effect.
    refused: 2 * fault(),
    resetBefore: fault(),
    resetAfter: fault(),
  };
}

/** Only sweeps, so that each call to the cluster is theirs. */
function clusterOutage(dice: Dice, hosts: number): Phase {
  const actions: Action[] = [{ atMs: 0, kind: 'sweep', host: 0 }];
  if (hosts > 1) actions.push({ atMs: dice.between(0, 300), kind: 'sweep', host: 1 });
  return { kind: 'outage', rules: [outage(dice)], rulesSeed: 1, storage: NO_STORAGE_FAULTS, actions };
}
