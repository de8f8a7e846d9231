import { FabricRequestError } from './model/fabricRequestError.ts';
import { type Cleanup, ClockSkewError, type Outcome } from './model/outcome.ts';
import type { Answered, UploadSession } from './model/uploadSession.ts';
import type { ClusterPorts } from './ports.ts';
import { type TryRules, tryUntilDecided } from './tries.ts';

/** What one cleanup goes by. */
export interface CleanupRules extends TryRules {
  /**
   * What is asked of the cluster before the DELETE: `activity`, whether the session is still alive; `clock`, only
   * whether the cluster's clock agrees with ours; `nothing`, for callers who know what they delete.
   */
  guard: 'activity' | 'clock' | 'nothing';
  /** No chunk for this long makes a session stale. */
  staleAfterMs: number;
  maxClockSkewMs: number;
  /** Whether a stale session is only said to be one. Takes a guard other than `nothing` to tell what is there. */
  dryRun?: boolean;
}

/** How a cleanup is stopped from outside. */
export interface CallControl {
  /** Gives the calls under way up. */
  calls?: AbortSignal;
  /** Lets no further try begin. */
  stopped?: AbortSignal;
}

/**
 * Deletes one upload session on the cluster, unless the guard finds that it is still alive.
 *
 * The guard and the DELETE are two calls, and Service Fabric has no conditional delete: a chunk that arrives between
 * them, after the upload was silent for all of `staleAfterMs`, is not seen. So every try begins with the guard again: no
 * wait ever stands between the two.
 *
 * @param sessionId - in lower case, of the gateway's own form
 * @returns how it ended; a failed call is an outcome, never thrown
 * @see Service Fabric REST API 6.0, "Delete Image Store Upload Session"
 */
export async function cleanUpSession(
  ports: ClusterPorts,
  sessionId: string,
  rules: CleanupRules,
  control: CallControl = {},
): Promise<Cleanup> {
  const startedMs = ports.now().getTime();
  const call = control.calls ? { signal: control.calls } : {};
  let requestId: string | undefined;

  const attempt = async (): Promise<Outcome> => {
    try {
      let bytes: number | undefined;
      let lastChunkAt: Date | undefined;
      if (rules.guard !== 'nothing') {
        const answer = await ports.getSession(sessionId, call);
        requestId = answer.requestId;
        const standing = judge(answer, rules, ports.now());
        if (standing !== 'stale') return standing;
        bytes = answer.value && bytesHeld(answer.value);
        if (rules.guard === 'activity') lastChunkAt = answer.value?.modifiedAt;
      }
      if (rules.dryRun) {
        return {
          kind: 'wouldDelete',
          ...(bytes === undefined ? {} : { bytes }),
          ...(lastChunkAt ? { lastChunkAt } : {}),
        };
      }
      const answer = await ports.deleteSession(sessionId, call);
      requestId = answer.requestId;
      return { kind: 'deleted', ...(bytes === undefined ? {} : { bytes }) };
    } catch (error) {
      const outcome = toOutcome(error);
      if (error instanceof FabricRequestError) requestId = error.requestId ?? requestId;
      return outcome;
    }
  };

  const { outcome, tries } = await tryUntilDecided(attempt, rules, control.stopped);
  return { outcome, requestId, tries, durationMs: ports.now().getTime() - startedMs };
}

/** What the cluster's answer says about a session: stale, or how its cleanup ends here. */
function judge(answer: Answered<UploadSession | undefined>, rules: CleanupRules, now: Date): Outcome | 'stale' {
  const { value: session, clusterDate } = answer;
  if (!clusterDate) return undecidable('its answer has no Date header, so its clock is unknown', answer);
  const skewMs = clusterDate.getTime() - now.getTime();
  if (Math.abs(skewMs) > rules.maxClockSkewMs) {
    return { kind: 'failed', error: new ClockSkewError('cluster', skewMs, rules.maxClockSkewMs) };
  }
  if (!session) return { kind: 'notFound' };
  if (rules.guard === 'clock') return 'stale';
  if (!session.modifiedAt) return undecidable('it has no readable ModifiedDate', answer);
  if (!session.missingRanges) return undecidable('it has no readable ExpectedRanges', answer);

  // ModifiedDate is the cluster's time. By whichever clock less time has passed, the session is younger: that one counts.
  const silentMs = Math.min(clusterDate.getTime(), now.getTime()) - session.modifiedAt.getTime();
  if (silentMs < rules.staleAfterMs) {
    return { kind: 'active', lastActivity: session.modifiedAt, because: 'receivingChunks' };
  }
  // With all its chunks there it may be in the middle of its commit, against which delete takes no lock.
  // [processcommituploadsessionrequestasyncoperation.cpp]
  if (session.missingRanges.length === 0 && silentMs < 2 * rules.staleAfterMs) {
    return { kind: 'active', lastActivity: session.modifiedAt, because: 'maybeCommitting' };
  }
  return 'stale';
}

/** Never deleted on a guess. */
function undecidable(why: string, { requestId }: Answered<unknown>): Outcome {
  const message = `The cluster's answer doesn't tell whether the session is alive: ${why}. It was not deleted.`;
  return {
    kind: 'failed',
    error: new FabricRequestError(message, { kind: 'unexpectedAnswer', retryable: false, httpStatus: 200, requestId }),
  };
}

/** The bytes that a session holds on the cluster's disks: all that it is to have, less what is still missing. */
export function bytesHeld({ fileSizeBytes, missingRanges }: UploadSession): number | undefined {
  if (fileSizeBytes === undefined || !missingRanges) return undefined;
  const missing = missingRanges.reduce((sum, { start, end }) => sum + (end - start + 1), 0);
  return Math.max(0, fileSizeBytes - missing);
}

/**
 * Names the outcome of a call that threw.
 *
 * @throws what is no failed call: a bug is not an outcome
 */
export function toOutcome(error: unknown): Outcome {
  if (!(error instanceof FabricRequestError)) throw error;
  // Only 404 with the code NotFound says that the session is gone; the client keeps any other 404 apart.
  return error.kind === 'notFound' ? { kind: 'notFound' } : { kind: 'failed', error };
}
