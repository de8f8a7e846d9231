import { bytesHeld } from '../cleanup/guard.ts';
import { FabricRequestError } from '../cleanup/model/fabricRequestError.ts';
import type { Planned } from '../cleanup/model/outcome.ts';
import type { RecordedOutcome } from '../cleanup/model/outcomeRecord.ts';
import type { RunRecord } from '../cleanup/model/runRecord.ts';
import type { TrackedSession } from '../cleanup/model/trackedSession.ts';
import type { Answered, UploadSession } from '../cleanup/model/uploadSession.ts';
import { type SessionState, stateOf } from '../cleanup/sessionState.ts';
import { lastActivityOf, type StaleRules } from '../cleanup/stale.ts';
import type { ClusterView, OutcomeItem, PlannedItem, RunItem, SessionItem, SweepOverviewItem } from './schemas.ts';
import { sweepsOf } from './sweepsOf.ts';

/** Converts the records of the core and the storage to the shapes of the API. `undefined` members are left out. */

const iso = (instant: Date | undefined) => instant?.toISOString();

export function toSessionItem(
  session: TrackedSession,
  now: Date,
  rules: StaleRules,
  state: SessionState = stateOf(session, now, rules),
): SessionItem {
  const { at, error } = lastActivityOf(session, now, rules);
  return {
    sessionId: session.rowKey,
    state,
    lastActivity: at.toISOString(),
    lastActivityError: error,
    storeRelativePath: session.storeRelativePath,
    owner: session.owner,
    attempts: session.attempts,
    nextAttemptAt: iso(session.nextAttemptAt),
    lastError: session.lastError,
  };
}

export function toOutcomeItem(outcome: RecordedOutcome): OutcomeItem {
  return {
    ...outcome,
    // Outcomes of dry runs are not recorded.
    outcome: outcome.outcome as OutcomeItem['outcome'],
    runStartedAt: outcome.runStartedAt.toISOString(),
    lastActivity: iso(outcome.lastActivity),
  };
}

export function toRunItem(run: RunRecord): RunItem {
  return {
    runId: run.runId,
    sweepId: run.sweepId,
    partition: run.partition,
    parts: run.parts,
    trigger: run.trigger,
    startedAt: run.startedAt.toISOString(),
    durationMs: run.durationMs,
    dryRun: run.dryRun,
    scanned: run.scanned,
    outcomes: run.outcomes,
    bytesFreed: run.bytesFreed,
    bytesToFree: run.bytesToFree,
    stoppedBy: run.stoppedBy,
    error: run.error,
    rowsRefused: run.rowsRefused,
    probe: run.probe && { at: run.probe.at.toISOString(), verdict: run.probe.verdict },
    store: run.store,
  };
}

/** @returns `undefined` if there are no runs */
export function toSweepOverview(recorded: RunRecord[]): SweepOverviewItem | undefined {
  const [overview] = sweepsOf(recorded);
  if (!overview) return undefined;
  const { startedAt, endedAt, ...facts } = overview;
  return {
    ...facts,
    startedAt: startedAt.toISOString(),
    endedAt: endedAt.toISOString(),
    runs: recorded.map(toRunItem),
  };
}

export function toPlannedItem(planned: Planned): PlannedItem {
  // A dry run never has the outcome `deleted`.
  const outcome = planned.outcome as PlannedItem['outcome'];
  return { ...planned, outcome, lastActivity: iso(planned.lastActivity) };
}

export function toClusterView(answer: Answered<UploadSession | undefined>): ClusterView {
  const { value: session, requestId } = answer;
  const clusterTime = iso(answer.clusterDate);
  if (!session) return { answer: 'notFound', requestId, clusterTime };
  return {
    answer: 'found',
    storeRelativePath: session.storeRelativePath,
    fileSizeBytes: session.fileSizeBytes,
    heldBytes: bytesHeld(session),
    missingRanges: session.missingRanges,
    lastChunkAt: iso(session.modifiedAt),
    clusterTime,
    requestId,
  };
}

/** @throws the error itself if it is not a failed call */
export function toFailedView(error: unknown): ClusterView {
  if (!(error instanceof FabricRequestError)) throw error;
  const { message, code, kind, httpStatus, requestId } = error;
  return { answer: 'failed', message, errorCode: code ?? kind, httpStatus, requestId };
}
