import { needsAttention } from '../../cleanup/model/outcomeKind.ts';
import type { RecordedOutcome } from '../../cleanup/model/outcomeRecord.ts';
import { errorAdvice } from '../errorAdvice.ts';
import type { ErrorAdvice } from '../fabricErrorCodes.ts';

/** Cleanups that failed for the same cause. */
export interface FailureGroup extends ErrorAdvice {
  /** The FabricErrorCode, or the kind of failure. */
  errorCode: string;
  httpStatus: number | undefined;
  /** How many cleanups failed. */
  cleanups: number;
  /** How many sessions they were about. */
  sessions: number;
  lastAt: Date;
  /** The message of the newest failure. */
  lastMessage: string | undefined;
  lastSessionId: string;
}

/** The explanation for a row whose key is not a session id. */
export const INVALID_ROW: ErrorAdvice = {
  what: 'The row key is not a session id, so no session on the cluster belongs to it.',
  advice: 'Find out what registers such rows, and remove them from the table.',
};

/** Groups failed cleanups by their cause, the largest group first. */
export function groupFailures(outcomes: readonly RecordedOutcome[]): FailureGroup[] {
  const failed = outcomes.filter(({ outcome }) => needsAttention(outcome));
  const groups = Map.groupBy(failed, ({ outcome, errorCode, httpStatus }) => `${outcome} ${errorCode} ${httpStatus}`);
  return [...groups.values()]
    .map(groupOf)
    .sort((a, b) => b.cleanups - a.cleanups || b.lastAt.getTime() - a.lastAt.getTime());
}

function groupOf(failures: RecordedOutcome[]): FailureGroup {
  const last = failures.reduce((newest, one) => (one.runStartedAt > newest.runStartedAt ? one : newest));
  return {
    ...(last.outcome === 'invalid' ? INVALID_ROW : errorAdvice(last)),
    errorCode: last.outcome === 'invalid' ? 'invalid' : (last.errorCode ?? 'unknown'),
    httpStatus: last.httpStatus,
    cleanups: failures.length,
    sessions: new Set(failures.map(({ sessionId }) => sessionId)).size,
    lastAt: last.runStartedAt,
    lastMessage: last.errorMessage,
    lastSessionId: last.sessionId,
  };
}
