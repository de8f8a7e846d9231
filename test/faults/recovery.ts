import type { PhaseFacts } from './facts.ts';
import { beginPhase, deleteSession, endPhase, PATIENCE_MS, sweep } from './phase.ts';
import type { Stage } from './stage.ts';

/** One finds out that the cluster is back, one cleans up; the others are for what the first two left. */
const MOST_SWEEPS = 5;

/** Ends all faults and lets the sweeps run on until nothing is left for them. */
export async function recover(stage: Stage): Promise<PhaseFacts> {
  const { hosts, plan } = stage;
  const facts = await beginPhase(stage, 'recovery');
  for (const { id } of plan.sessions.filter(({ role }) => role === 'explicit')) {
    // Asked for again, as its caller does until the answer says that it is gone.
    await deleteSession(stage, facts, { host: 0, sessionId: id, onlyIfStale: false });
  }
  while (facts.sweeps < MOST_SWEEPS && (await takeUpAgain(stage))) {
    await sweep(stage, facts, 0);
    facts.endless.push(...(await hosts.endless(PATIENCE_MS)));
  }
  await endPhase(stage, facts);
  return facts;
}

/**
 * Takes the rows that must go up again at once, as a person may who knows that the trouble is over: else the round would
 * have to wait for their backoff.
 *
 * @returns whether there were any
 */
async function takeUpAgain({ tables, plan, uploaders }: Stage): Promise<boolean> {
  const waiting = new Set(plan.sessions.filter(({ role }) => role !== 'fresh').flatMap(({ rowKeys }) => rowKeys));
  let found = false;
  for await (const {
    partitionKey = '',
    rowKey = '',
    nextAttemptAt,
    givenUp,
    attempts,
  } of tables.sessions.listEntities<{
    nextAttemptAt?: Date;
    givenUp?: boolean;
    attempts?: number;
  }>()) {
    if (!waiting.has(rowKey) || uploaders.hasRevived(rowKey) || givenUp) continue;
    if (nextAttemptAt) {
      await tables.sessions.updateEntity({ partitionKey, rowKey, nextAttemptAt: new Date(0) }, 'Merge');
    }
    found ||= isLeft(rowKey, attempts ?? 0);
  }
  return found;

  function isLeft(rowKey: string, charged: number): boolean {
    const role = plan.sessions.find(({ rowKeys }) => rowKeys.includes(rowKey))?.role;
    return role === 'failing' ? charged === 0 : role !== 'active' && role !== 'blocked';
  }
}
