import type { PhaseFacts, Turn } from './facts.ts';
import { beginPhase, deleteSession, endPhase, PATIENCE_MS, sweep } from './phase.ts';
import type { Role } from './plannedSession.ts';
import { NO_STORAGE_FAULTS } from './schedule.ts';
import type { Stage } from './stage.ts';
import { sweepsNeeded } from './starving.ts';
import { STALE_AFTER_MS } from './world.ts';

/** The first detects that the cluster is available, the second cleans up; the others are for what remains. */
const MOST_ROUNDS = 5;
/** The latency of a slow storage: a quarter of the partitions takes longer than a short sweep may. */
const SLOW_MS: [number, number] = [15, 30];

/** Ends all faults except for a slow storage, and sweeps until nothing is left to do. */
export async function recover(stage: Stage): Promise<PhaseFacts> {
  const { hosts, plan, world } = stage;
  const facts = await beginPhase(stage, 'recovery');
  for (const { id } of plan.sessions.filter(({ role }) => role === 'explicit')) {
    // Requested again, as its caller does until the session is deleted or not found.
    await deleteSession(stage, facts, { host: 0, sessionId: id, onlyIfStale: false });
  }
  if (plan.timeBudgetMs) world.proxy.setFaults({ ...NO_STORAGE_FAULTS, latencyMs: SLOW_MS }, plan.seed);
  let mostSweeps = MOST_ROUNDS;
  while (facts.sweeps < mostSweeps) {
    const due = await takeUpAgain(stage);
    if (!due) break;
    if (facts.sweeps === 0) {
      const needed = sweepsNeeded({ limit: plan.limit, isShortOfTime: plan.timeBudgetMs !== undefined }, due.length);
      mostSweeps += 2 * (needed - 1);
    }
    facts.turns.push(await takeTurn(stage, facts, due));
    facts.endless.push(...(await hosts.endless(PATIENCE_MS)));
  }
  world.proxy.setFaults(undefined);
  // One more, in which failed sessions only wait: its end alone is no reason for a warning.
  await sweep(stage, facts, 0);
  facts.endless.push(...(await hosts.endless(PATIENCE_MS)));
  facts.verdict = await hosts.verdict(0);
  await endPhase(stage, facts);
  return facts;
}

/** Sweeps once, and finds out which of the due sessions it processed. */
async function takeTurn(stage: Stage, facts: PhaseFacts, due: string[]): Promise<Turn> {
  const { world, plan, hosts } = stage;
  const since = (await world.control.log()).at(-1)?.sequence ?? 0;
  await sweep(stage, facts, 0);
  await hosts.endless(PATIENCE_MS);
  const asked = new Set((await world.control.log({ since })).map(({ sessionId }) => sessionId));
  const stillDue = new Set((await rowsOf(stage)).filter(isDue).map(({ rowKey }) => rowKey));
  const idOf = (rowKey: string) => plan.sessions.find(({ rowKeys }) => rowKeys.includes(rowKey))?.id;
  return { due, met: due.filter((rowKey) => asked.has(idOf(rowKey)) || !stillDue.has(rowKey)) };
}

interface Row {
  partitionKey: string;
  rowKey: string;
  lastActivity?: unknown;
  timestamp?: string;
  nextAttemptAt?: Date;
  givenUp?: boolean;
  attempts?: number;
  lastError?: string;
}

/** The rows of the app's cluster, without those that never become stale. */
async function rowsOf({ tables, plan }: Stage): Promise<(Row & { role: Role })[]> {
  const roles = new Map(plan.sessions.flatMap(({ role, rowKeys }) => rowKeys.map((rowKey) => [rowKey, role] as const)));
  const rows: (Row & { role: Role })[] = [];
  for await (const row of tables.sessions.listEntities<Row>()) {
    const role = roles.get(row.rowKey);
    if (role && role !== 'fresh' && role !== 'neighbour') rows.push({ ...row, role });
  }
  return rows;
}

function isDue({ lastActivity, nextAttemptAt, givenUp }: Row): boolean {
  const now = Date.now();
  if (givenUp || (nextAttemptAt && nextAttemptAt.getTime() > now)) return false;
  return lastActivity instanceof Date && lastActivity.getTime() < now - STALE_AFTER_MS;
}

/**
 * Retries the rows that must be removed at once, like an operator who knows that the faults have ended: otherwise the round would
 * have to wait for their backoff.
 *
 * @returns the row keys of the sessions that are due; `undefined` if nothing is left for a sweep
 */
async function takeUpAgain(stage: Stage): Promise<string[] | undefined> {
  const { tables, uploaders, world } = stage;
  const waiting = (await rowsOf(stage)).filter(({ rowKey, givenUp }) => !uploaders.hasRevived(rowKey) && !givenUp);
  if (!waiting.some(isLeft)) return undefined;
  for (const row of waiting) {
    const { partitionKey, rowKey, nextAttemptAt } = row;
    if (!nextAttemptAt) continue;
    row.nextAttemptAt = new Date(0);
    await tables.sessions.updateEntity({ partitionKey, rowKey, nextAttemptAt: row.nextAttemptAt }, 'Merge');
  }
  return waiting.filter(isDue).map(({ rowKey }) => rowKey);

  function isLeft({ role, rowKey, attempts = 0, lastError }: Row & { role: Role }): boolean {
    if (role === 'failing') return attempts === 0;
    if (role === 'unwritable') return !world.proxy.refusedRows.includes(rowKey);
    return role === 'blocked' ? lastError === undefined : role !== 'active';
  }
}
