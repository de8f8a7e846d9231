import { deleteSession, sweep } from './actions.ts';
import type { PhaseFacts, RecoverySweep } from './facts.ts';
import type { Role } from './plannedSessions.ts';
import type { RoundContext } from './roundContext.ts';
import { NO_STORAGE_FAULTS } from './roundPlan.ts';
import { beginPhase, finishPhase, SWEEP_TIMEOUT_MS } from './runPhase.ts';
import { sweepsNeeded } from './starvedSessions.ts';
import { STALE_AFTER_MS } from './testbed.ts';

/** The first sweep detects that the cluster is available, the second cleans up; the others process what remains. */
const MIN_SWEEP_LIMIT = 5;
/** The latency of a slow storage: reading a quarter of the partitions exceeds the time budget of a short sweep. */
const SLOW_MS: [number, number] = [15, 30];

/** Ends all faults except for a slow storage, and sweeps until every session is settled. */
export async function recover(context: RoundContext): Promise<PhaseFacts> {
  const { hosts, plan, testbed } = context;
  const facts = await beginPhase(context, 'recovery');
  for (const { id } of plan.sessions.filter(({ role }) => role === 'explicit')) {
    // Like a caller who repeats the request until the session is deleted or not found.
    await deleteSession(context, facts, { host: 0, sessionId: id, onlyIfStale: false });
  }
  if (plan.timeBudgetMs) testbed.proxy.setFaults({ ...NO_STORAGE_FAULTS, latencyMs: SLOW_MS }, plan.seed);
  let maxSweeps = MIN_SWEEP_LIMIT;
  while (facts.sweeps < maxSweeps) {
    const due = await retryNow(context);
    if (!due) break;
    if (facts.sweeps === 0) {
      const needed = sweepsNeeded({ limit: plan.limit, isShortOfTime: plan.timeBudgetMs !== undefined }, due.length);
      maxSweeps += 2 * (needed - 1);
    }
    facts.recoverySweeps.push(await sweepOnce(context, facts, due));
    facts.unfinishedHosts.push(...(await hosts.waitUntilIdle(SWEEP_TIMEOUT_MS)));
  }
  testbed.proxy.setFaults(undefined);
  // One more sweep, in which all failed sessions are waiting. Such a run alone must not cause a warning.
  await sweep(context, facts, 0);
  facts.unfinishedHosts.push(...(await hosts.waitUntilIdle(SWEEP_TIMEOUT_MS)));
  facts.verdict = await hosts.verdict(0);
  await finishPhase(context, facts);
  return facts;
}

/** Sweeps once, and finds out which of the due sessions it processed. */
async function sweepOnce(context: RoundContext, facts: PhaseFacts, due: string[]): Promise<RecoverySweep> {
  const { testbed, plan, hosts } = context;
  const since = (await testbed.control.log()).at(-1)?.sequence ?? 0;
  await sweep(context, facts, 0);
  await hosts.waitUntilIdle(SWEEP_TIMEOUT_MS);
  const asked = new Set((await testbed.control.log({ since })).map(({ sessionId }) => sessionId));
  const stillDue = new Set((await rowsOf(context)).filter(isDue).map(({ rowKey }) => rowKey));
  const idOf = (rowKey: string) => plan.sessions.find(({ rowKeys }) => rowKeys.includes(rowKey))?.id;
  return { due, processed: due.filter((rowKey) => asked.has(idOf(rowKey)) || !stillDue.has(rowKey)) };
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
async function rowsOf({ tables, plan }: RoundContext): Promise<(Row & { role: Role })[]> {
  const roles = new Map(plan.sessions.flatMap(({ role, rowKeys }) => rowKeys.map((rowKey) => [rowKey, role] as const)));
  const rows: (Row & { role: Role })[] = [];
  for await (const row of tables.sessions.listEntities<Row>()) {
    const role = roles.get(row.rowKey);
    if (role && role !== 'fresh' && role !== 'otherCluster') rows.push({ ...row, role });
  }
  return rows;
}

function isDue({ lastActivity, nextAttemptAt, givenUp }: Row): boolean {
  const now = Date.now();
  if (givenUp || (nextAttemptAt && nextAttemptAt.getTime() > now)) return false;
  return lastActivity instanceof Date && lastActivity.getTime() < now - STALE_AFTER_MS;
}

/**
 * Makes all waiting rows due at once, like an operator who knows that the faults have ended. Otherwise the round would have to wait
 * for their backoff.
 *
 * @returns the row keys of the sessions that are due; `undefined` if every session is settled
 */
async function retryNow(context: RoundContext): Promise<string[] | undefined> {
  const { tables, uploaders, testbed } = context;
  const waiting = (await rowsOf(context)).filter(({ rowKey, givenUp }) => !uploaders.hasRevived(rowKey) && !givenUp);
  if (!waiting.some(isUnsettled)) return undefined;
  for (const row of waiting) {
    const { partitionKey, rowKey, nextAttemptAt } = row;
    if (!nextAttemptAt) continue;
    row.nextAttemptAt = new Date(0);
    await tables.sessions.updateEntity({ partitionKey, rowKey, nextAttemptAt: row.nextAttemptAt }, 'Merge');
  }
  return waiting.filter(isDue).map(({ rowKey }) => rowKey);

  function isUnsettled({ role, rowKey, attempts = 0, lastError }: Row & { role: Role }): boolean {
    if (role === 'failing') return attempts === 0;
    if (role === 'unwritable') return !testbed.proxy.refusedRows.includes(rowKey);
    return role === 'blocked' ? lastError === undefined : role !== 'active';
  }
}
