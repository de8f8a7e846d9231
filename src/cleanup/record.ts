import type { Cleanup, Outcome } from './model/outcome.ts';
import type { OutcomeRecord } from './model/outcomeRecord.ts';
import type { Run } from './model/run.ts';

/** What is known about a session besides the outcome of its cleanup. */
export interface CleanedSession {
  partition: string;
  /** The row key of its row. */
  rowKey: string;
  attempts: number;
  lastActivity?: Date | undefined;
  /** What is wrong with the row's own `lastActivity`. */
  lastActivityError?: string | undefined;
  storeRelativePath?: string | undefined;
  owner?: string | undefined;
}

/** The record of a cleanup. */
export function toRecord(run: Run, session: CleanedSession, cleanup: Cleanup): OutcomeRecord {
  const { outcome, requestId, durationMs, httpStatus } = cleanup;
  const { code, message } = reasonOf(outcome);
  const held = outcome.kind === 'deleted' || outcome.kind === 'wouldDelete' ? outcome : undefined;
  return {
    partition: session.partition,
    rowKey: session.rowKey,
    sessionId: session.rowKey.toLowerCase(),
    outcome: outcome.kind,
    trigger: run.trigger,
    runId: run.runId,
    runStartedAt: run.startedAt,
    httpStatus,
    errorCode: code,
    errorMessage: [message, session.lastActivityError].filter(Boolean).join(' ') || undefined,
    attempt: session.attempts + 1,
    tries: cleanup.tries,
    durationMs,
    lastActivity: outcome.kind === 'active' ? outcome.lastActivity : session.lastActivity,
    bytes: held?.bytes,
    fileSizeBytes: held?.fileSizeBytes,
    complete: held?.complete,
    storeRelativePath: session.storeRelativePath,
    owner: session.owner,
    requestId,
  };
}

/** Why a session was not deleted, with the FabricErrorCode or the kind of failure. */
export function reasonOf(outcome: Outcome): { code?: string; httpStatus?: number | undefined; message?: string } {
  switch (outcome.kind) {
    case 'deleted':
    case 'notFound':
      return {};
    case 'active':
      return {
        message:
          outcome.because === 'receivingChunks'
            ? `Its last chunk arrived at ${outcome.lastActivity.toISOString()}.`
            : 'It has all its chunks: its commit may be in progress.',
      };
    case 'wouldDelete':
      return {
        message: `Its last chunk arrived at ${outcome.lastChunkAt?.toISOString() ?? 'an unknown time'}, which is stale.`,
      };
    case 'invalid':
      return { message: outcome.reason };
    case 'failed': {
      const { error } = outcome;
      return { code: error.code ?? error.kind, httpStatus: error.httpStatus, message: error.message };
    }
  }
}
