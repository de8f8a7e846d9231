import * as v from 'valibot';
import { cleanUpOnRequest } from '../../cleanup/cleanUpOnRequest.ts';
import type { FabricRequestErrorKind } from '../../cleanup/model/fabricRequestError.ts';
import type { Cleanup, Outcome } from '../../cleanup/model/outcome.ts';
import { described } from '../../wire/described.ts';
import { type Deletion, deletion } from '../../wire/schemas.ts';
import { connect, logTo } from '../invocation/connect.ts';
import { awaitedByShutdown, shuttingDown } from '../lifecycle/shutdown.ts';
import { ApiProblem } from '../routing/apiProblem.ts';
import * as examples from '../routing/examples.ts';
import { oneOf } from '../routing/parameters.ts';
import { defineRoute } from '../routing/route.ts';

/** In milliseconds. The platform's load balancer closes the connection after 230 seconds, so the answer must be sent before. */
const DEADLINE_MS = 200_000;

/** No try starts later than this, in milliseconds: an answer is more useful to the caller. */
const LAST_TRY_MS = 30_000;

/** `Retry-After` if the cluster sent none, in seconds. */
const RETRY_AFTER_SECONDS = 30;

/** `DELETE /api/upload-sessions/{sessionId}`: cleans up one upload session now. */
export const route = defineRoute('deleteUploadSession', {
  summary: 'Cleans up one upload session now',
  description:
    'Works for any session, registered or not, in any state. The outcome is recorded and the row settled as in a sweep. Calling it twice is ' +
    'safe: a session that no longer exists is `notFound`.',
  query: v.strictObject({
    onlyIfStale: v.optional(
      described(
        oneOf(['true', 'false']),
        'Whether to ask the cluster first, and not to delete the session if it is still active (409).',
      ),
      'false',
    ),
  }),
  answers: {
    200: {
      description: 'Deleted, or not found.',
      schema: deletion,
      examples: {
        deleted: { sessionId: examples.SESSION_ID, outcome: 'deleted', requestId: examples.outcome.requestId },
        notFound: { sessionId: examples.SESSION_ID, outcome: 'notFound', requestId: examples.outcome.requestId },
      },
    },
  },
  problems: {
    409: 'With `onlyIfStale`: the session is still active and was not deleted.',
    502: 'The cluster refused or failed: see `clusterStatus` and `errorCode`.',
    503: 'The cluster is busy or unreachable. `Retry-After` says when to retry.',
    504: 'The cluster did not answer in time. The session may have been deleted nevertheless.',
    507: 'The storage refuses to record the outcome. The session may have been deleted nevertheless.',
  },
  async handle({ sessionId, query, context }) {
    const app = await connect();
    const run = { runId: context.invocationId, trigger: 'http', startedAt: new Date() } as const;
    const rules = app.onRequestRules(query.onlyIfStale === 'true');
    const control = {
      calls: AbortSignal.timeout(DEADLINE_MS),
      stopped: AbortSignal.any([shuttingDown, AbortSignal.timeout(LAST_TRY_MS)]),
    };
    const cleanUp = () => cleanUpOnRequest(app.ports(logTo(context)), sessionId, rules, run, control);
    const cleanup = await awaitedByShutdown(app.trace.cleanup(run, sessionId, cleanUp));
    return { jsonBody: deletionOf(sessionId, cleanup) };
  },
});

/** @throws {ApiProblem} for every outcome after which the session may still exist */
function deletionOf(sessionId: string, { outcome, requestId }: Cleanup): Deletion {
  const facts = { sessionId, outcome: outcome.kind, requestId };
  switch (outcome.kind) {
    case 'deleted':
      return { sessionId, outcome: 'deleted', requestId, bytes: outcome.bytes };
    case 'notFound':
      return { sessionId, outcome: 'notFound', requestId };
    case 'active': {
      const lastActivity = outcome.lastActivity.toISOString();
      throw new ApiProblem(409, 'The upload session is active', activeDetail(outcome), { ...facts, lastActivity });
    }
    case 'failed':
      throw failed(outcome, facts);
    default:
      throw new TypeError(`A cleanup on request does not end as ${outcome.kind}.`);
  }
}

function activeDetail({ lastActivity, because }: Extract<Outcome, { kind: 'active' }>): string {
  return because === 'receivingChunks'
    ? `Its last chunk arrived at ${lastActivity.toISOString()}, so it was not deleted. To delete it anyway, leave out onlyIfStale.`
    : 'All its chunks were received and it may be in its commit, so it was not deleted. Retry later. To delete it anyway, leave ' +
        'out onlyIfStale.';
}

const STATUS: Record<FabricRequestErrorKind | 'clockSkew', number> = {
  busy: 503,
  unavailable: 503,
  unreachable: 503,
  foreignAnswer: 503,
  tooLate: 503,
  timedOut: 504,
  aborted: 504,
  notFound: 502,
  invalidRequest: 502,
  accessDenied: 502,
  conflict: 502,
  serverError: 502,
  unexpectedAnswer: 502,
  clockSkew: 502,
};

function failed({ error }: Extract<Outcome, { kind: 'failed' }>, facts: Record<string, unknown>): ApiProblem {
  const { kind, httpStatus, code, retryAfterMs } = error;
  const status = STATUS[kind];
  const waitSeconds = retryAfterMs === undefined ? RETRY_AFTER_SECONDS : Math.ceil(retryAfterMs / 1000);
  return new ApiProblem(
    status,
    kind === 'clockSkew' ? 'The clocks differ too much' : 'The upload session could not be deleted',
    error.message,
    { ...facts, clusterStatus: httpStatus, errorCode: code },
    status === 503 ? { 'retry-after': String(waitSeconds) } : {},
  );
}
