import { type CallControl, type CleanupRules, cleanUpSession } from './cleanUpSession.ts';
import type { Cleanup } from './model/outcome.ts';
import { needsAttention } from './model/outcomeKind.ts';
import type { Run } from './model/run.ts';
import { parseSessionId } from './model/sessionId.ts';
import type { TrackedSession } from './model/trackedSession.ts';
import type { ClusterPorts, LogPort } from './ports.ts';
import { toRecord } from './record.ts';
import type { Entry } from './recorder.ts';
import { type Judgement, mayBeDeleted, type RetryRules, settlementOf } from './settle.ts';
import { lastActivityOf } from './stale.ts';

/** The rules for the row of one session in a sweep. */
type RowRules = Omit<CleanupRules, 'guarded'> & RetryRules;

/** Cleans up the session of a row. A row key that is not a session id has the outcome `invalid`. */
export async function cleanUpRow(
  ports: ClusterPorts,
  rules: RowRules,
  run: Run,
  session: TrackedSession,
  control: CallControl,
): Promise<Cleanup> {
  const parsed = parseSessionId(session.rowKey);
  if ('error' in parsed) {
    return { outcome: { kind: 'invalid', reason: `The row key ${parsed.error}.` }, tries: 0, durationMs: 0 };
  }
  const { at } = lastActivityOf(session, run.startedAt, rules);
  return cleanUpSession(ports, parsed.id, { ...rules, guarded: true }, control, mayBeDeleted(session, at));
}

/** What to record about a cleanup, and what to do with its row. A failure is logged. */
export function toEntry(
  ports: { now(): Date; log: LogPort },
  rules: RowRules,
  run: Run,
  session: TrackedSession,
  cleanup: Cleanup,
  judgement: Judgement,
): Entry {
  const { outcome } = cleanup;
  const { at: lastActivity, error } = lastActivityOf(session, run.startedAt, rules);
  const record = toRecord(run, { ...session, lastActivity, lastActivityError: error }, cleanup);
  if (error || needsAttention(outcome.kind)) {
    const { sessionId, runId, requestId, httpStatus, errorCode, errorMessage, attempt } = record;
    ports.log.warn(
      outcome.kind === 'failed'
        ? 'An upload session could not be deleted.'
        : 'The row of an upload session is invalid.',
      { sessionId, outcome: outcome.kind, runId, requestId, httpStatus, errorCode, errorMessage, attempt },
    );
  }
  const settlement = settlementOf(cleanup, session, lastActivity, ports.now(), rules, judgement);
  return { record, session, settlement };
}
