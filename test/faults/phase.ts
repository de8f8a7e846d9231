import { setTimeout as wait } from 'node:timers/promises';
import type { PhaseFacts } from './facts.ts';
import { breaksConnections } from './faultMenu.ts';
import { refusedChanges, rulesOfSessions } from './plannedSession.ts';
import type { Action, Phase } from './schedule.ts';
import type { Stage } from './stage.ts';
import type { World } from './world.ts';

/** Much longer than any sweep takes with these faults. */
export const PATIENCE_MS = 90_000;

/** The state that the actions of a phase share. */
interface Playing {
  stage: Stage;
  facts: PhaseFacts;
  /** Resolves when the planned sweeps have ended. */
  sweepsOver: Promise<void>;
}

/** Runs one phase: its faults, and its actions at their times. Ends when nothing is running. */
export async function playPhase(stage: Stage, phase: Phase): Promise<PhaseFacts> {
  const { world, hosts } = stage;
  const facts = await beginPhase(stage, phase.kind, phase);
  const sweepsBegun = phase.actions.filter(isSweep).map(async ({ atMs, host }) => {
    await wait(atMs);
    await sweep(stage, facts, host);
  });
  const sweepsOver = Promise.all(sweepsBegun).then(async () => {
    facts.endless = await hosts.endless(PATIENCE_MS);
  });
  const others = phase.actions
    .filter((action) => !isSweep(action))
    .map(async (action) => {
      await wait(action.atMs);
      await perform(action, { stage, facts, sweepsOver });
    });
  await Promise.all([sweepsOver, ...others]);
  facts.endless.push(...(await hosts.endless(PATIENCE_MS)));
  world.proxy.setFaults(undefined);
  await endPhase(stage, facts);
  return facts;
}

/** Sets the faults; without a planned phase only those of single sessions and rows. */
export async function beginPhase({ world, plan }: Stage, kind: PhaseFacts['kind'], phase?: Phase): Promise<PhaseFacts> {
  const { rules = [], rulesSeed = 1, storage } = phase ?? {};
  await world.control.clearLog();
  const own = rulesOfSessions(plan.sessions);
  // In an outage no answer is about a session.
  await world.control.setFaults(kind === 'outage' ? [...rules, ...own] : [...own, ...rules], rulesSeed);
  world.proxy.setFaults(storage, rulesSeed);
  world.proxy.refuseChanges(refusedChanges(plan.sessions));
  return {
    kind,
    faults: rules.map(({ name }) => name ?? ''),
    breaksConnections: rules.some(breaksConnections),
    gateways: plan.gateways,
    sweeps: 0,
    endless: [],
    calls: [],
    requests: [],
    rows: [],
    startedAt: new Date(),
    refusedRows: [],
    turns: [],
  };
}

export async function sweep({ hosts }: Stage, facts: PhaseFacts, host: number): Promise<void> {
  if (await hosts.sweep(host)) facts.sweeps += 1;
}

export async function deleteSession(
  { hosts }: Stage,
  facts: PhaseFacts,
  call: Omit<Call, 'kind' | 'atMs'>,
): Promise<void> {
  const { host, ...asked } = call;
  facts.calls.push({ ...asked, answer: await hosts.deleteSession(host, asked.sessionId, asked.onlyIfStale) });
}

/** Records the requests to the cluster and the rows at the end of a phase. */
export async function endPhase({ world, tables }: Stage, facts: PhaseFacts): Promise<void> {
  // Without the uploads, which are the harness's own.
  const log = await world.control.log();
  facts.requests = log.filter(({ operation }) => operation === 'getSession' || operation === 'delete');
  facts.refusedRows.push(...world.proxy.refusedRows);
  for await (const { rowKey = '', attempts, givenUp } of tables.sessions.listEntities<Record<string, unknown>>()) {
    facts.rows.push({ rowKey, attempts: Number(attempts ?? 0), givenUp: givenUp === true });
  }
}

function isSweep(action: Action): action is Extract<Action, { kind: 'sweep' }> {
  return action.kind === 'sweep';
}

type Call = Extract<Action, { kind: 'call' }>;
type EndOfHost = Extract<Action, { kind: 'endHost' }>;

async function perform(action: Action, playing: Playing): Promise<void> {
  const { stage, facts } = playing;
  const { world, uploaders } = stage;
  switch (action.kind) {
    case 'sweep':
      return await sweep(stage, facts, action.host);
    case 'endHost':
      return await endHost(action, playing);
    case 'call': {
      const { host, sessionId, onlyIfStale } = action;
      return await deleteSession(stage, facts, { host, sessionId, onlyIfStale });
    }
    case 'revive':
      if (action.whenDeleted) await gone(action.sessionId, playing);
      return await uploaders.revive(action.sessionId);
    case 'storageOutage':
      if (action.how === 'stop') return await world.storage.interrupt('stop', action.downMs);
      await killStorage(world, action.downMs);
      return await uploaders.touchAgain();
  }
}

/** Ends a host, and starts a sweep on its replacement, like the next timer. */
async function endHost({ host, how, atWrite }: EndOfHost, { stage, facts, sweepsOver }: Playing): Promise<void> {
  const { hosts, world } = stage;
  const end = () => hosts.replace(host, how);
  if (atWrite === undefined) await end();
  else if (!(await world.proxy.strikeAtWrite(atWrite, end, sweepsOver))) return;
  await sweep(stage, facts, host);
}

/** Kills the storage when it has saved everything that it has acknowledged to the app. */
async function killStorage({ proxy, storage }: World, downMs: number): Promise<void> {
  const release = proxy.hold();
  await storage.saved();
  const back = storage.interrupt('kill', downMs);
  release();
  await back;
}

/** Waits until a session is deleted on the cluster, or no sweep is left that could delete it. */
async function gone(sessionId: string, { stage, sweepsOver }: Playing): Promise<void> {
  let isOver = false;
  const over = () => {
    isOver = true;
  };
  sweepsOver.then(over, over); // How they ended is their phase's business.
  while (!isOver) {
    const known = await stage.world.control.sessions();
    if (!known.some((session) => session.sessionId === sessionId)) return;
    await wait(20);
  }
}
