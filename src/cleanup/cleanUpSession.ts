import { ClockSkewError } from './model/clockSkewError.ts';
import { FabricRequestError } from './model/fabricRequestError.ts';
import type { Cleanup, Outcome } from './model/outcome.ts';
import type { SessionId } from './model/sessionId.ts';
import type { Answered, UploadSession } from './model/uploadSession.ts';
import type { ClusterPorts } from './ports.ts';
import { type TryRules, tryUntilDecided } from './tries.ts';

/** The rules of one cleanup. */
export interface CleanupRules extends TryRules {
  /** Whether an active session is left alone. `false` is for callers who name one session to delete. */
  guarded: boolean;
  /** How long without a chunk makes a session stale. */
  staleAfterMs: number;
  maxClockSkewMs: number;
  /** Whether it only reports what it would do. Always guarded. */
  dryRun?: boolean;
}

/** How the caller stops a cleanup. */
export interface CallControl {
  /** Ends the calls in flight. */
  calls?: AbortSignal;
  /** Prevents further tries. */
  stopped?: AbortSignal;
}

/** What the guard found about a stale session. */
interface StaleSession {
  lastChunkAt: Date;
  bytes: number | undefined;
  fileSizeBytes: number | undefined;
  complete: boolean;
}

/**
 * Deletes one upload session on the cluster, unless the guard finds it active.
 *
 * Service Fabric has no conditional delete: a chunk that arrives between the look-up's answer and the DELETE is not noticed. The
 * port limits that time to two seconds, and every try starts with the guard.
 *
 * After a DELETE whose answer is not known (a timeout, a broken connection) the next look-up decides: the cluster removes the
 * session before its files, so if the session is gone, that DELETE deleted it.
 *
 * @param deletedBefore - whether an earlier cleanup sent a DELETE whose answer is not known
 * @returns how it ended; a failed call is an outcome and is never thrown
 * @see Service Fabric REST API 6.0, "Delete Image Store Upload Session"
 */
export async function cleanUpSession(
  ports: ClusterPorts,
  sessionId: SessionId,
  rules: CleanupRules,
  control: CallControl = {},
  deletedBefore = false,
): Promise<Cleanup> {
  const startedMs = ports.now().getTime();
  const call = control.calls ? { signal: control.calls } : {};
  let decidedBy: { requestId?: string | undefined; httpStatus?: number | undefined } = {};
  let deleteSent = deletedBefore;
  let stale: StaleSession | undefined;

  /** The outcome of a session that is gone: deleted by this app, or otherwise. A dry run does not distinguish them. */
  const gone = (): Outcome =>
    deleteSent && !rules.dryRun ? { kind: 'deleted', ...deletedFacts(stale) } : { kind: 'notFound' };

  const look = (answer: Answered<UploadSession | undefined>): Outcome | 'stale' => {
    const judged = judge(answer, rules, ports.now());
    if (judged !== 'stale') return judged.kind === 'notFound' ? gone() : judged;
    stale = answer.value && factsOf(answer.value);
    return 'stale';
  };

  const attempt = async (): Promise<Outcome> => {
    try {
      if (rules.dryRun) {
        decidedBy = await ports.getSession(sessionId, call);
        const judged = look(decidedBy as Answered<UploadSession | undefined>);
        return judged === 'stale' ? { kind: 'wouldDelete', ...stale } : judged;
      }
      if (!rules.guarded) {
        decidedBy = await ports.deleteSession(sessionId, call);
        return { kind: 'deleted' };
      }
      let judged: Outcome | 'stale' | undefined;
      const answers = await ports.deleteSessionIf(
        sessionId,
        (answer) => {
          judged = look(answer);
          return judged === 'stale';
        },
        call,
      );
      decidedBy = answers.deleted ?? answers.look;
      if (answers.deleted) return { kind: 'deleted', ...deletedFacts(stale) };
      if (judged !== undefined && judged !== 'stale') return judged;
      throw new TypeError('The client did not delete a session that the guard allowed to delete.');
    } catch (error) {
      if (!(error instanceof FabricRequestError)) throw error;
      decidedBy = { requestId: error.requestId ?? decidedBy.requestId, httpStatus: error.httpStatus };
      // Only 404 with the code NotFound means that the session is gone; the client makes another kind of any other 404.
      deleteSent ||= error.deleteSent;
      if (error.kind === 'notFound') return gone();
      return { kind: 'failed', error };
    }
  };

  const { outcome, tries } = await tryUntilDecided(attempt, rules, control.stopped);
  const { requestId, httpStatus } = decidedBy;
  return { outcome, requestId, httpStatus, tries, deleteSent, durationMs: ports.now().getTime() - startedMs };
}

/** Decides by the cluster's answer whether a session is stale. @returns `stale`, or the outcome of its cleanup */
function judge(answer: Answered<UploadSession | undefined>, rules: CleanupRules, now: Date): Outcome | 'stale' {
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
  return 'stale';
}

/** The outcome of a session that may be active or stale: it is not deleted on a guess. */
function undecidable(why: string, { requestId, httpStatus }: Answered<unknown>): Outcome {
  const message = `The cluster's answer does not show whether the session is active: ${why}. It was not deleted.`;
  return {
    kind: 'failed',
    error: new FabricRequestError(message, { kind: 'unexpectedAnswer', retryable: false, httpStatus, requestId }),
  };
}

function factsOf(session: UploadSession): StaleSession | undefined {
  if (!session.modifiedAt) return undefined;
  return {
    lastChunkAt: session.modifiedAt,
    bytes: bytesHeld(session),
    fileSizeBytes: session.fileSizeBytes,
    complete: session.missingRanges?.length === 0,
  };
}

function deletedFacts(stale: StaleSession | undefined) {
  if (!stale) return {};
  const { lastChunkAt, ...facts } = stale;
  return facts;
}

/** The bytes that a session holds on the cluster's disks: the size of its file minus what is missing. */
export function bytesHeld({ fileSizeBytes, missingRanges }: UploadSession): number | undefined {
  if (fileSizeBytes === undefined || !missingRanges) return undefined;
  const missing = missingRanges.reduce((sum, { start, end }) => sum + (end - start + 1), 0);
  return Math.max(0, fileSizeBytes - missing);
}
