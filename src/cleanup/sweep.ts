import { pMapIterable } from 'p-map';
import { cleanUpSession } from './cleanUpSession.ts';
import { watchCluster } from './clusterWatch.ts';
import { startPlanner } from './dryRun.ts';
import { emptySummary } from './emptySummary.ts';
import { type Cleanup, ClockSkewError, type RunSummary } from './model/outcome.ts';
import { parseSessionId } from './model/sessionId.ts';
import type { TrackedSession } from './model/trackedSession.ts';
import type { SweepPorts } from './ports.ts';
import { type Run, reasonOf, toRecord } from './record.ts';
import { type Entry, startRecorder } from './recorder.ts';
import { type RetryRules, settlementOf } from './settle.ts';
import { isDue, isStale, lastActivityOf } from './stale.ts';
import { createStopper, type Stopper, type StopRules } from './stopper.ts';
import type { TryRules } from './tries.ts';

/** What a sweep goes by. */
export interface SweepRules extends RetryRules, TryRules, StopRules {
  /** The partitions to sweep, one after the other. */
  partitions: string[];
  staleAfterMs: number;
  maxClockSkewMs: number;
  /** Whether each session is asked for before it is deleted. */
  verifyActivity: boolean;
  /** Cleanups under way at once. */
  concurrency: number;
  /** Sessions taken at most; 0: no limit. */
  limit: number;
  /** Whether it only looks and says what it would do; see {@link startPlanner}. */
  dryRun: boolean;
}

/**
 * Cleans up all stale sessions: streams them from the table, cleans up several at once, records every outcome and then
 * settles its row.
 *
 * @param aborted - ends the sweep early: no new session is taken, those under way end and are recorded
 * @returns what happened, also recorded as a run, whatever ended it
 * @throws what the storage threw, or a bug; the run is recorded with the error before
 */
export async function sweep(
  ports: SweepPorts,
  rules: SweepRules,
  run: Run,
  aborted?: AbortSignal,
): Promise<RunSummary> {
  const summary = emptySummary(run, 'completed', rules.dryRun);
  if (rules.dryRun) summary.bytesToFree = 0;
  const elapsedMs = () => ports.now().getTime() - run.startedAt.getTime();
  const stopper = createStopper(() => elapsedMs() >= rules.timeBudgetMs, aborted, rules);
  let thrown: { error: unknown } | undefined;
  try {
    await cleanUpAll(summary, ports, rules, run, stopper);
    summary.stoppedBy = stopper.reason ?? summary.stoppedBy;
    if (stopper.error) summary.error = stopper.error;
  } catch (error) {
    thrown = { error };
    summary.stoppedBy = 'error';
    summary.error = error instanceof Error ? error.message : String(error);
  } finally {
    stopper.close();
  }
  summary.durationMs = elapsedMs();
  try {
    await ports.recordRun(summary);
  } catch (error) {
    ports.log.warn('The sweep could not be recorded.', { ...summary, recordError: String(error) });
    thrown ??= { error };
  }
  if (thrown) throw thrown.error;
  return summary;
}

/** Does a sweep's work and counts it in `summary`. */
async function cleanUpAll(summary: RunSummary, ports: SweepPorts, rules: SweepRules, run: Run, stopper: Stopper) {
  const recorder = rules.dryRun ? startPlanner(ports) : startRecorder(ports);
  const probing = (await ports.lastStoppedBy()) === 'clusterUnavailable';
  const cluster = watchCluster(probing);

  const cleanUp = async (session: TrackedSession): Promise<Entry | undefined> => {
    if (recorder.failed) stopper.stop('error');
    if (!stopper.goesOn()) return undefined;
    // After an outage one call finds out whether the cluster is back.
    const tries = probing && !cluster.works ? { maxTries: 1 } : {};
    // Where nobody asks for the activity, the cluster's clock is checked until the cluster has done one call well.
    const guard = rules.verifyActivity ? 'activity' : cluster.works && !rules.dryRun ? 'nothing' : 'clock';
    const parsed = parseSessionId(session.rowKey);
    const cleanup: Cleanup =
      'fault' in parsed
        ? { outcome: { kind: 'invalid', reason: `The row key ${parsed.fault}.` }, tries: 0, durationMs: 0 }
        : await cleanUpSession(ports, parsed.id, { ...rules, ...tries, guard }, stopper);
    const { outcome } = cleanup;
    const reason = cluster.observe(outcome);
    if (reason) stopper.stop(reason, reasonOf(outcome).message);
    summary.outcomes[outcome.kind] += 1;
    if (outcome.kind === 'deleted') summary.bytesFreed += outcome.bytes ?? 0;
    if (outcome.kind === 'wouldDelete') summary.bytesToFree = (summary.bytesToFree ?? 0) + (outcome.bytes ?? 0);
    return toEntry(ports, rules, run, session, cleanup);
  };

  try {
    const due = dueSessions(summary, ports, rules, run, stopper);
    // One at a time until the cluster has done one call well: a cluster that is down, refuses us or can't do it meets
    // a few calls and not a crowd.
    const suspects: Entry[] = [];
    while (!cluster.works) {
      const next = await due.next();
      if (next.done) break;
      const entry = await cleanUp(next.value);
      if (entry?.record.errorCode === 'E_INVALIDARG') suspects.push(entry);
      else if (entry) await recorder.add(entry);
    }
    for (const entry of suspects) {
      await recorder.add(stopper.reason === 'unsupportedCluster' ? { ...entry, settlement: 'leave' } : entry);
    }
    const cleaned = pMapIterable(due, cleanUp, {
      concurrency: rules.concurrency,
      backpressure: 2 * rules.concurrency,
      preserveOrder: false,
    });
    for await (const entry of cleaned) if (entry) await recorder.add(entry);
  } finally {
    await recorder.finish();
  }
}

/** Streams the sessions whose turn has come, until the sweep is stopped. */
async function* dueSessions(
  summary: RunSummary,
  ports: SweepPorts,
  rules: SweepRules,
  run: Run,
  stopper: Stopper,
): AsyncGenerator<TrackedSession, undefined> {
  const cutoff = new Date(run.startedAt.getTime() - rules.staleAfterMs);
  let taken = 0;
  for (const partition of rules.partitions) {
    for await (const { sessions, storageDate } of ports.pagesOfSessions(partition, cutoff)) {
      const skewMs = storageDate ? storageDate.getTime() - ports.now().getTime() : 0;
      if (Math.abs(skewMs) > rules.maxClockSkewMs) {
        const { message } = new ClockSkewError('storage service', skewMs, rules.maxClockSkewMs);
        stopper.stop('clockSkew', message);
        return;
      }
      summary.scanned += sessions.length;
      for (const session of sessions) {
        noteStale(summary, session, run, rules);
        if (!isDue(session, run.startedAt, rules)) continue;
        summary.stale += 1;
        if (rules.limit > 0 && taken >= rules.limit) {
          // No stop: those taken before are still to be cleaned up.
          summary.stoppedBy = 'limit';
          return;
        }
        if (!stopper.goesOn()) return;
        taken += 1;
        yield session;
      }
    }
  }
}

/** Keeps the oldest. One that is given up waits for a person, and says nothing about how well the sweeps keep up. */
function noteStale(summary: RunSummary, session: TrackedSession, run: Run, rules: SweepRules): void {
  if (session.givenUp || !isStale(session, run.startedAt, rules)) return;
  const { at } = lastActivityOf(session, run.startedAt, rules);
  if (!summary.oldestStaleAt || at < summary.oldestStaleAt) summary.oldestStaleAt = at;
}

function toEntry(ports: SweepPorts, rules: SweepRules, run: Run, session: TrackedSession, cleanup: Cleanup): Entry {
  const { outcome } = cleanup;
  const { at: lastActivity, fault } = lastActivityOf(session, run.startedAt, rules);
  const record = toRecord(run, { ...session, lastActivity, lastActivityFault: fault }, cleanup);
  if (fault || outcome.kind === 'failed' || outcome.kind === 'invalid') {
    const { sessionId, runId, requestId, httpStatus, errorCode, errorMessage, attempt } = record;
    ports.log.warn(
      outcome.kind === 'failed' ? 'An upload session could not be deleted.' : 'The row of an upload session is faulty.',
      { sessionId, outcome: outcome.kind, runId, requestId, httpStatus, errorCode, errorMessage, attempt },
    );
  }
  return { record, session, settlement: settlementOf(outcome, session, lastActivity, ports.now(), rules) };
}
