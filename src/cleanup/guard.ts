import { ClockSkewError } from './model/clockSkewError.ts';
import { FabricRequestError } from './model/fabricRequestError.ts';
import type { Outcome, StagedFacts } from './model/outcome.ts';
import type { Answered, UploadSession } from './model/uploadSession.ts';
import type { StaleRules } from './stale.ts';

/** What the guard decides: the session is stale and may be deleted, or the outcome of its cleanup. */
export type GuardDecision = { kind: 'stale'; lastChunkAt: Date; staged: StagedFacts } | Outcome;

/** Decides by the cluster's answer whether a session may be deleted. */
export function guard(answer: Answered<UploadSession | undefined>, rules: StaleRules, now: Date): GuardDecision {
  const { value: session, clusterDate } = answer;
  if (!clusterDate)
    return undecidable('it has no readable Date header, so the clock of the cluster is unknown', answer);
  const skewMs = clusterDate.getTime() - now.getTime();
  if (Math.abs(skewMs) > rules.maxClockSkewMs) {
    return { kind: 'failed', error: new ClockSkewError('cluster', skewMs, rules.maxClockSkewMs) };
  }
  if (!session) return { kind: 'notFound' };
  if (!session.modifiedAt) return undecidable('it has no readable ModifiedDate', answer);
  if (!session.missingRanges) return undecidable('it has no readable ExpectedRanges', answer);

  // A chunk from the future: the primary's clock is ahead of its gateway's, and the session would look active until then.
  const aheadMs = session.modifiedAt.getTime() - Math.max(clusterDate.getTime(), now.getTime());
  if (aheadMs > rules.maxClockSkewMs) {
    return { kind: 'failed', error: new ClockSkewError('image store', aheadMs, rules.maxClockSkewMs) };
  }
  // ModifiedDate is the cluster's time. The earlier of the two clocks counts, since by it less time has passed.
  const silentMs = Math.min(clusterDate.getTime(), now.getTime()) - session.modifiedAt.getTime();
  if (silentMs < rules.staleAfterMs) {
    return { kind: 'active', lastActivity: session.modifiedAt, because: 'receivingChunks' };
  }
  // A complete session may be in its commit, against which a delete takes no lock.
  // [processcommituploadsessionrequestasyncoperation.cpp]
  if (session.missingRanges.length === 0 && silentMs < 2 * rules.staleAfterMs) {
    return { kind: 'active', lastActivity: session.modifiedAt, because: 'maybeCommitting' };
  }
  const { fileSizeBytes, missingRanges } = session;
  const staged = { bytes: bytesHeld(session), fileSizeBytes, complete: missingRanges.length === 0 };
  return { kind: 'stale', lastChunkAt: session.modifiedAt, staged };
}

/** The outcome of a session that may be active or stale: it is not deleted on a guess. */
function undecidable(why: string, { requestId, httpStatus }: Answered<unknown>): Outcome {
  const message = `The cluster's answer does not show whether the session is active: ${why}. It was not deleted.`;
  return {
    kind: 'failed',
    error: new FabricRequestError(message, { kind: 'unexpectedAnswer', retryable: false, httpStatus, requestId }),
  };
}

/** The bytes that a session holds on the cluster's disks: the size of its file minus what is missing. */
export function bytesHeld({ fileSizeBytes, missingRanges }: UploadSession): number | undefined {
  if (fileSizeBytes === undefined || !missingRanges) return undefined;
  const missing = missingRanges.reduce((sum, { start, end }) => sum + (end - start + 1), 0);
  return Math.max(0, fileSizeBytes - missing);
}
