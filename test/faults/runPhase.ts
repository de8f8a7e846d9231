import { setTimeout as wait } from 'node:timers/promises';
import { breaksConnections } from './clusterFaults.ts';
import type { PhaseFacts } from './facts.ts';
import { refusedChanges, rulesOfSessions } from './plannedSessions.ts';
import type { RoundContext } from './roundContext.ts';
import type { Action, Phase } from './roundPlan.ts';
import type { Testbed } from './testbed.ts';

/** Much longer than any sweep takes with these faults, in milliseconds. */
export const SWEEP_TIMEOUT_MS = 90_000;

/** The state that the actions of a phase share. */
interface PhaseState {
  context: RoundContext;
  facts: PhaseFacts;
  /** Resolves when the planned sweeps have ended. */
  sweepsOver: Promise<void>;
}

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

export async function sweep({ hosts }: RoundContext, facts: PhaseFacts, host: number): Promise<void> {
  if (await hosts.sweep(host)) facts.sweeps += 1;
}

export async function deleteSession(
  { hosts }: RoundContext,
  facts: PhaseFacts,
  call: Omit<Call, 'kind' | 'atMs'>,
): Promise<void> {
  const { host, ...asked } = call;
  facts.calls.push({ ...asked, answer: await hosts.deleteSession(host, asked.sessionId, asked.onlyIfStale) });
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

type Call = Extract<Action, { kind: 'call' }>;
type EndHost = Extract<Action, { kind: 'endHost' }>;

async function runAction(action: Action, state: PhaseState): Promise<void> {
  const { context, facts } = state;
  const { testbed, uploaders } = context;
  switch (action.kind) {
    case 'sweep':
      return await sweep(context, facts, action.host);
    case 'endHost':
      return await endHost(action, state);
    case 'call': {
      const { host, sessionId, onlyIfStale } = action;
      return await deleteSession(context, facts, { host, sessionId, onlyIfStale });
    }
    case 'revive':
      if (action.whenDeleted) await waitUntilDeleted(action.sessionId, state);
      return await uploaders.revive(action.sessionId);
    case 'storageOutage':
      if (action.how === 'stop') return await testbed.storage.interrupt('stop', action.downMs);
      await killStorage(testbed, action.downMs);
      return await uploaders.touchAgain();
  }
}

/** Ends a host, and starts a sweep on its replacement, like the next timer. */
async function endHost({ host, how, atWrite }: EndHost, { context, facts, sweepsOver }: PhaseState): Promise<void> {
  const { hosts, testbed } = context;
  const end = () => hosts.replace(host, how);
  if (atWrite === undefined) await end();
  else if (!(await testbed.proxy.runAtWrite(atWrite, end, sweepsOver))) return;
  await sweep(context, facts, host);
}

/** Kills the storage when it has saved everything that it has acknowledged to the app. */
async function killStorage({ proxy, storage }: Testbed, downMs: number): Promise<void> {
  const resume = proxy.pause();
  await storage.waitUntilSaved();
  const back = storage.interrupt('kill', downMs);
  resume();
  await back;
}

/** Waits until a session is deleted on the cluster, or all sweeps that could delete it have ended. */
async function waitUntilDeleted(sessionId: string, { context, sweepsOver }: PhaseState): Promise<void> {
  let isOver = false;
  const over = () => {
    isOver = true;
  };
  sweepsOver.then(over, over); // The phase handles a failed sweep.
  while (!isOver) {
    const known = await context.testbed.control.sessions();
    if (!known.some((session) => session.sessionId === sessionId)) return;
    await wait(20);
  }
}
