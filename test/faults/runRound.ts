import { collectFacts } from './collectFacts.ts';
import type { PhaseFacts, RoundFacts } from './facts.ts';
import { recover } from './recovery.ts';
import type { RoundContext } from './roundContext.ts';
import { RoundHosts } from './roundHosts.ts';
import type { RoundPlan } from './roundPlan.ts';
import { runPhase } from './runPhase.ts';
import { hostEnvironment, type RoundTables, roundTables, type Testbed } from './testbed.ts';
import { LONG_AGO_MS, Uploaders } from './uploaders.ts';

/** A completed round. */
export interface CompletedRound {
  facts: RoundFacts;
  /** How often each kind of event happened, by its name. */
  counts: Record<string, number>;
}

let roundsRun = 0;

/** Runs one round: sessions of every kind, faults, then recovery. Collects its facts at the end. */
export async function runRound(testbed: Testbed, plan: RoundPlan): Promise<CompletedRound> {
  roundsRun += 1;
  const tables = roundTables(testbed, `${plan.seed}x${roundsRun}`);
  const uploaders = new Uploaders(testbed.gateway, tables.sessions, plan.shards);
  const injectedBefore = testbed.proxy.injected;
  const environment = hostEnvironment(testbed, tables, plan);
  const [hosts] = await Promise.all([
    RoundHosts.start(plan.hosts, environment),
    prepareSessions(testbed, tables, uploaders, plan),
  ]);
  const context: RoundContext = { testbed, tables, plan, hosts, uploaders };
  try {
    const phases: PhaseFacts[] = [];
    for (const phase of plan.phases) phases.push(await runPhase(context, phase));
    phases.push(await recover(context));
    await uploaders.stop();
    await hosts.stop();
    const facts = await collectFacts(context, phases);
    return { facts, counts: count(facts, plan, testbed.proxy.injected - injectedBefore) };
  } finally {
    testbed.proxy.setFaults(undefined);
    testbed.proxy.refuseChanges(new Map());
    await Promise.allSettled([uploaders.stop(), hosts.stop()]);
    await testbed.control.clearFaults();
    await testbed.control.clearLog();
    // Another replica becomes primary without sessions, so that the next round starts with an empty cluster.
    await testbed.control.failOver();
    for (const table of [tables.sessions, tables.outcomes, tables.runs]) await table.deleteTable();
  }
}

async function prepareSessions({ control }: Testbed, tables: RoundTables, uploaders: Uploaders, plan: RoundPlan) {
  await tables.sessions.createTable();
  // The cluster's clock is set back while the old sessions are uploaded, and then advanced.
  await control.setClockOffset(-LONG_AGO_MS);
  uploaders.clockOffsetMs = -LONG_AGO_MS;
  await uploaders.start(plan.sessions.filter(({ onCluster }) => onCluster === 'old' || onCluster === 'complete'));
  await control.advanceClock(LONG_AGO_MS);
  uploaders.clockOffsetMs = 0;
  await uploaders.start(plan.sessions.filter(({ onCluster }) => onCluster === 'young'));
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
