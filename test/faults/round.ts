import { collectFacts } from './collectFacts.ts';
import type { PhaseFacts, RoundFacts } from './facts.ts';
import { Hosts } from './hosts.ts';
import { playPhase } from './phase.ts';
import { recover } from './recovery.ts';
import type { RoundPlan } from './schedule.ts';
import type { Stage } from './stage.ts';
import { LONG_AGO_MS, Uploaders } from './uploaders.ts';
import { hostEnvironment, type RoundTables, roundTables, type World } from './world.ts';

/** A completed round. */
export interface PlayedRound {
  facts: RoundFacts;
  /** How often each kind of event happened, by its name. */
  counts: Record<string, number>;
}

let played = 0;

/** Runs one round: sessions of every kind, faults, recovery; then collects its facts. */
export async function playRound(world: World, plan: RoundPlan): Promise<PlayedRound> {
  played += 1;
  const tables = roundTables(world, `${plan.seed}x${played}`);
  const uploaders = new Uploaders(world.gateway, tables.sessions, plan.shards);
  const injectedBefore = world.proxy.injected;
  const environment = hostEnvironment(world, tables, plan);
  const [hosts] = await Promise.all([
    Hosts.start(plan.hosts, environment),
    setTheStage(world, tables, uploaders, plan),
  ]);
  const stage: Stage = { world, tables, plan, hosts, uploaders };
  try {
    const phases: PhaseFacts[] = [];
    for (const phase of plan.phases) phases.push(await playPhase(stage, phase));
    phases.push(await recover(stage));
    await uploaders.end();
    await hosts.stop();
    const facts = await collectFacts(stage, phases);
    return { facts, counts: count(facts, plan, world.proxy.injected - injectedBefore) };
  } finally {
    world.proxy.setFaults(undefined);
    world.proxy.refuseChanges(new Map());
    await Promise.allSettled([uploaders.end(), hosts.stop()]);
    await world.control.clearFaults();
    await world.control.clearLog();
    // Another replica becomes primary without sessions, so that the next round begins with an empty cluster.
    await world.control.failOver();
    for (const table of [tables.sessions, tables.outcomes, tables.runs]) await table.deleteTable();
  }
}

async function setTheStage({ control }: World, tables: RoundTables, uploaders: Uploaders, plan: RoundPlan) {
  await tables.sessions.createTable();
  // The cluster's clock is set back while the old sessions are uploaded, and then advanced.
  await control.setClockOffset(-LONG_AGO_MS);
  uploaders.clockOffsetMs = -LONG_AGO_MS;
  await uploaders.begin(plan.sessions.filter(({ onCluster }) => onCluster === 'old' || onCluster === 'complete'));
  await control.advanceClock(LONG_AGO_MS);
  uploaders.clockOffsetMs = 0;
  await uploaders.begin(plan.sessions.filter(({ onCluster }) => onCluster === 'young'));
  for (const session of plan.sessions) await uploaders.register(session);
  for (const { id, role } of plan.sessions) if (role === 'active' || role === 'unwritable') uploaders.keepSending(id);
}

function count({ hosts, phases }: RoundFacts, plan: RoundPlan, storageFaults: number): Record<string, number> {
  const requests = phases.flatMap((phase) => phase.requests);
  const actions = plan.phases.flatMap((phase) => phase.actions);
  return {
    sweeps: phases.reduce((sum, { sweeps }) => sum + sweeps, 0),
    calls: phases.reduce((sum, { calls }) => sum + calls.length, 0),
    requests: requests.length,
    clusterFaults: requests.filter(({ faultId }) => faultId !== undefined).length,
    storageFaults,
    storageOutages: actions.filter(({ kind }) => kind === 'storageOutage').length,
    kills: hosts.filter(({ ended }) => ended === 'killed').length,
  };
}
