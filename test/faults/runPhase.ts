import { setTimeout as wait } from 'node:timers/promises';
import { runAction, sweep } from './actions.ts';
import { breaksConnections } from './clusterFaults.ts';
import type { PhaseFacts } from './facts.ts';
import { refusedChanges, rulesOfSessions } from './plannedSessions.ts';
import type { RoundContext } from './roundContext.ts';
import type { Action, Phase } from './roundPlan.ts';

/** Much longer than any sweep takes with these faults, in milliseconds. */
export const SWEEP_TIMEOUT_MS = 90_000;

/** Runs one phase: its faults, and its actions at their times. Ends when nothing is running. */
export async function runPhase(context: RoundContext, phase: Phase): Promise<PhaseFacts> {
  const { testbed, hosts } = context;
  const facts = await beginPhase(context, phase.kind, phase);
  const sweeps = phase.actions.filter(isSweep).map(async ({ atMs, host }) => {
    await wait(atMs);
    await sweep(context, facts, host);
  });
  const sweepsOver = Promise.all(sweeps).then(async () => {
    facts.unfinishedHosts = await hosts.waitUntilIdle(SWEEP_TIMEOUT_MS);
  });
  const others = phase.actions
    .filter((action) => !isSweep(action))
    .map(async (action) => {
      await wait(action.atMs);
      await runAction(action, { context, facts, sweepsOver });
    });
  await Promise.all([sweepsOver, ...others]);
  facts.unfinishedHosts.push(...(await hosts.waitUntilIdle(SWEEP_TIMEOUT_MS)));
  testbed.proxy.setFaults(undefined);
  await finishPhase(context, facts);
  return facts;
}

/** Sets the faults; without a planned phase only those of single sessions and rows. */
export async function beginPhase(
  { testbed, plan }: RoundContext,
  kind: PhaseFacts['kind'],
  phase?: Phase,
): Promise<PhaseFacts> {
  const { rules = [], rulesSeed = 1, storage } = phase ?? {};
  await testbed.control.clearLog();
  const own = rulesOfSessions(plan.sessions);
  // In an outage no answer is about a session.
  await testbed.control.setFaults(kind === 'outage' ? [...rules, ...own] : [...own, ...rules], rulesSeed);
  testbed.proxy.setFaults(storage, rulesSeed);
  testbed.proxy.refuseChanges(refusedChanges(plan.sessions));
  return {
    kind,
    faults: rules.map(({ name }) => name ?? ''),
    breaksConnections: rules.some(breaksConnections),
    gateways: plan.gateways,
    sweeps: 0,
    unfinishedHosts: [],
    calls: [],
    requests: [],
    rows: [],
    startedAt: new Date(),
    refusedRows: [],
    recoverySweeps: [],
  };
}

/** Records the requests to the cluster and the rows at the end of a phase. */
export async function finishPhase({ testbed, tables }: RoundContext, facts: PhaseFacts): Promise<void> {
  // Without the uploads, which are the harness's own.
  const log = await testbed.control.log();
  facts.requests = log.filter(({ operation }) => operation === 'getSession' || operation === 'delete');
  facts.refusedRows.push(...testbed.proxy.refusedRows);
  for await (const { rowKey = '', attempts, givenUp } of tables.sessions.listEntities<Record<string, unknown>>()) {
    facts.rows.push({ rowKey, attempts: Number(attempts ?? 0), givenUp: givenUp === true });
  }
}

function isSweep(action: Action): action is Extract<Action, { kind: 'sweep' }> {
  return action.kind === 'sweep';
}
