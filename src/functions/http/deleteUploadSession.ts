import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { cleanUpOne } from '../../cleanup/cleanUpOne.ts';
import type { FabricRequestErrorKind } from '../../cleanup/model/fabricRequestError.ts';
import type { Cleanup, Outcome } from '../../cleanup/model/outcome.ts';
import type { OutcomeKind } from '../../cleanup/model/outcomeKind.ts';
import { parseSessionId } from '../../cleanup/model/sessionId.ts';
import { SettingsError } from '../../settings/settingsError.ts';
import { connect, errorFacts, logLine, logTo } from '../invocation/connect.ts';
import { shuttingDown } from '../lifecycle/shutdown.ts';
import { problem } from '../routing/problem.ts';

/** An answer has to leave before the platform's load balancer gives up, which it does after 230 seconds. */
const DEADLINE_MS = 200_000;

/** A caller has more use for an answer than for a try that begins so late. */
const LAST_TRY_MS = 30_000;

/** What a caller is told to wait where the cluster did not say, in seconds. */
const RETRY_AFTER_SECONDS = 30;

/** `DELETE /api/upload-sessions/{sessionId}`: cleans up one upload session now. */
export async function onDelete(request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
  const given = request.params['sessionId'] ?? '';
  const parsed = parseSessionId(given);
  if ('fault' in parsed) {
    return problem(400, 'Not a session id', `${JSON.stringify(given.slice(0, 80))} ${parsed.fault}.`);
  }
  const onlyIfStale = request.query.get('onlyIfStale');
  if (onlyIfStale !== null && !/^(true|false)$/i.test(onlyIfStale)) {
    const detail = `onlyIfStale is ${JSON.stringify(onlyIfStale.slice(0, 80))}, but must be true or false.`;
    return problem(400, 'Not a valid query', detail);
  }
  try {
    const parts = await connect();
    const run = { runId: context.invocationId, trigger: 'http', startedAt: new Date() } as const;
    const cleanup = await parts.trace.one(run, parsed.id, () =>
      cleanUpOne(parts.ports(logTo(context)), parsed.id, parts.oneRules(onlyIfStale?.toLowerCase() === 'true'), run, {
        calls: AbortSignal.timeout(DEADLINE_MS),
        stopped: AbortSignal.any([shuttingDown, AbortSignal.timeout(LAST_TRY_MS)]),
      }),
    );
    return answer(parsed.id, cleanup);
  } catch (error) {
    return onFault(error, parsed.id, context);
  }
}

const STATUS: Record<OutcomeKind, number> = {
  deleted: 200,
  wouldDelete: 200,
  notFound: 200,
  active: 409,
  failed: 502,
  invalid: 400,
};

const FAILED_STATUS: Partial<Record<FabricRequestErrorKind, number>> = {
  busy: 503,
  unavailable: 503,
  unreachable: 503,
  timedOut: 504,
  aborted: 504,
};

function answer(sessionId: string, { outcome, requestId }: Cleanup): HttpResponseInit {
  const facts = { sessionId, outcome: outcome.kind, requestId };
  if (outcome.kind === 'deleted' || outcome.kind === 'wouldDelete') {
    return { status: STATUS[outcome.kind], jsonBody: { ...facts, bytes: outcome.bytes } };
  }
  if (outcome.kind === 'notFound') return { status: STATUS.notFound, jsonBody: facts };
  if (outcome.kind === 'active') {
    const lastActivity = outcome.lastActivity.toISOString();
    return problem(STATUS.active, 'The upload session is active', activeDetail(outcome), {
      ...facts,
      lastActivity,
    });
  }
  if (outcome.kind === 'invalid') return problem(STATUS.invalid, 'Not a session id', outcome.reason, facts);
  return failed(outcome, facts);
}

function activeDetail({ lastActivity, because }: Extract<Outcome, { kind: 'active' }>): string {
  return because === 'receivingChunks'
    ? `Its last chunk arrived at ${lastActivity.toISOString()}, so it was left alone. Leave out onlyIfStale to delete it all the same.`
    : 'All its chunks are there and it may be in the middle of its commit, so it was left alone. Ask again later, or leave ' +
        'out onlyIfStale to delete it all the same.';
}

function failed({ error }: Extract<Outcome, { kind: 'failed' }>, facts: Record<string, unknown>): HttpResponseInit {
  if (!('kind' in error)) return problem(STATUS.failed, 'The clocks are apart', error.message, facts);
  const status = FAILED_STATUS[error.kind] ?? STATUS.failed;
  const waitSeconds = error.retryAfterMs === undefined ? RETRY_AFTER_SECONDS : Math.ceil(error.retryAfterMs / 1000);
  return problem(
    status,
    'The upload session could not be deleted',
    error.message,
    { ...facts, clusterStatus: error.httpStatus, errorCode: error.code },
    status === 503 ? { 'retry-after': String(waitSeconds) } : {},
  );
}

/** A throw would answer 500 without a word. */
function onFault(error: unknown, sessionId: string, context: InvocationContext): HttpResponseInit {
  const { invocationId } = context;
  if (error instanceof SettingsError) {
    context.error(error.message);
    return problem(500, 'The app settings are wrong', error.message, { sessionId, invocationId });
  }
  context.error(logLine('A delete request failed.', { sessionId, runId: invocationId, ...errorFacts(error) }));
  const detail =
    'The outcome could not be recorded, or the app has a fault; the log of this invocation says more. Asking again is safe.';
  return problem(500, 'The request failed', detail, { sessionId, invocationId });
}
