import { type CallControl, type CleanupRules, cleanUpSession } from './cleanUpSession.ts';
import type { Cleanup } from './model/outcome.ts';
import type { Run } from './model/run.ts';
import type { SessionId } from './model/sessionId.ts';
import type { TrackedSession } from './model/trackedSession.ts';
import type { ClusterPorts, LogPort, RecordPorts } from './ports.ts';
import { toRecord } from './record.ts';
import { mayBeDeleted, type RetryRules, settle, settlementOf } from './settle.ts';
import { lastActivityOf } from './stale.ts';

/** What the cleanup of one session on request depends on. */
export interface OnRequestPorts extends ClusterPorts, RecordPorts {
  findSession(sessionId: SessionId): Promise<TrackedSession | undefined>;
  /** The partition that has, or would have, a session's row. */
  partitionOf(sessionId: SessionId): string;
  log: LogPort;
}

/**
 * Cleans up one session on request, registered or not. It is recorded as by a sweep.
 *
 * @throws what the storage threw if the outcome could not be recorded; a repeated call is safe and records it
 */
export async function cleanUpOnRequest(
  ports: OnRequestPorts,
  sessionId: SessionId,
  rules: CleanupRules & RetryRules,
  run: Run,
  control: CallControl,
): Promise<Cleanup> {
  const row = await ports.findSession(sessionId);
  const activity = row && lastActivityOf(row, run.startedAt, rules);
  const deletedBefore = row !== undefined && activity !== undefined && mayBeDeleted(row, activity.at);
  const cleanup = await cleanUpSession(ports, sessionId, rules, control, deletedBefore);
  const { outcome } = cleanup;
  const known = row ?? { partition: ports.partitionOf(sessionId), rowKey: sessionId, attempts: 0 };
  const record = toRecord(run, { ...known, lastActivity: activity?.at, lastActivityError: activity?.error }, cleanup);
  const [unrecorded] = await ports.recordOutcomes([record]);
  if (unrecorded) throw unrecorded.error;
  const facts = {
    sessionId,
    outcome: outcome.kind,
    runId: run.runId,
    requestId: cleanup.requestId,
    httpStatus: record.httpStatus,
    errorCode: record.errorCode,
    errorMessage: record.errorMessage,
  };
  if (outcome.kind === 'failed') ports.log.warn('An upload session could not be deleted.', facts);
  if (!row || !activity) return cleanup;
  try {
    // The cluster is not probed here, so it is unknown whether a failure is the session's own.
    await settle(ports, row, settlementOf(cleanup, row, activity.at, ports.now(), rules, 'unknown'));
  } catch (error) {
    // The outcome is recorded. The next sweep processes the row again.
    ports.log.warn('The row of an upload session could not be settled.', { ...facts, error: String(error) });
  }
  return cleanup;
}
