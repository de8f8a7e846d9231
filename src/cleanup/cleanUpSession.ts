import { type GuardDecision, guard } from './guard.ts';
import { FabricRequestError } from './model/fabricRequestError.ts';
import type { Cleanup, Outcome, StagedFacts } from './model/outcome.ts';
import type { SessionId } from './model/sessionId.ts';
import type { Answered, UploadSession } from './model/uploadSession.ts';
import type { ClusterPorts } from './ports.ts';
import type { StaleRules } from './stale.ts';
import { type TryRules, tryUntilDecided } from './tries.ts';

/** The rules of one cleanup. */
export interface CleanupRules extends TryRules, StaleRules {
  /** Whether an active session is left alone. `false` is for callers who name one session to delete. */
  guarded: boolean;
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
  let staged: StagedFacts = {};

  /** The outcome of a session that is gone: deleted by this app, or otherwise. A dry run does not distinguish them. */
  const gone = (): Outcome => (deleteSent && !rules.dryRun ? { kind: 'deleted', ...staged } : { kind: 'notFound' });

  const decide = (answer: Answered<UploadSession | undefined>): GuardDecision => {
    const decision = guard(answer, rules, ports.now());
    if (decision.kind === 'stale') staged = decision.staged;
    return decision.kind === 'notFound' ? gone() : decision;
  };

  const attempt = async (): Promise<Outcome> => {
    try {
      if (rules.dryRun) {
        const answer = await ports.getSession(sessionId, call);
        decidedBy = answer;
        const decision = decide(answer);
        if (decision.kind !== 'stale') return decision;
        return { kind: 'wouldDelete', lastChunkAt: decision.lastChunkAt, ...decision.staged };
      }
      if (!rules.guarded) {
        decidedBy = await ports.deleteSession(sessionId, call);
        return { kind: 'deleted' };
      }
      let decision: GuardDecision | undefined;
      const answers = await ports.deleteSessionIf(
        sessionId,
        (answer) => {
          decision = decide(answer);
          return decision.kind === 'stale';
        },
        call,
      );
      decidedBy = answers.deleted ?? answers.look;
      if (answers.deleted) return { kind: 'deleted', ...staged };
      if (decision !== undefined && decision.kind !== 'stale') return decision;
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
