import { setTimeout as wait } from 'node:timers/promises';
import type { PhaseFacts } from './facts.ts';
import type { RoundContext } from './roundContext.ts';
import type { Action } from './roundPlan.ts';
import type { Testbed } from './testbed.ts';

type Call = Extract<Action, { kind: 'call' }>;
type EndHost = Extract<Action, { kind: 'endHost' }>;

/** The state that the actions of a phase share. */
interface PhaseState {
  context: RoundContext;
  facts: PhaseFacts;
  /** Resolves when the planned sweeps have ended. */
  sweepsOver: Promise<void>;
}

/** Runs one action of a phase. */
export async function runAction(action: Action, state: PhaseState): Promise<void> {
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
  else if (!(await testbed.proxy.gate.runAtWrite(atWrite, end, sweepsOver))) return;
  await sweep(context, facts, host);
}

/** Kills the storage when it has saved everything that it has acknowledged to the app. */
async function killStorage({ proxy, storage }: Testbed, downMs: number): Promise<void> {
  const resume = proxy.gate.pause();
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

/** Starts a sweep on a host, and counts it if the host accepted it. */
export async function sweep({ hosts }: RoundContext, facts: PhaseFacts, host: number): Promise<void> {
  if (await hosts.sweep(host)) facts.sweeps += 1;
}

/** Requests the deletion of a session, and records the answer. */
export async function deleteSession(
  { hosts }: RoundContext,
  facts: PhaseFacts,
  call: Omit<Call, 'kind' | 'atMs'>,
): Promise<void> {
  const { host, ...asked } = call;
  facts.calls.push({ ...asked, answer: await hosts.deleteSession(host, asked.sessionId, asked.onlyIfStale) });
}
