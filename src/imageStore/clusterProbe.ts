import { setTimeout as wait } from 'node:timers/promises';
import { FabricRequestError } from '../cleanup/model/fabricRequestError.ts';
import type { BadProbe, Probe, ProbeCall } from '../cleanup/model/probe.ts';
import { newSessionId } from '../cleanup/model/sessionId.ts';
import { errorFromAnswer, unexpectedAnswer } from './answerError.ts';
import { cacheMark } from './cacheMarks.ts';
import type { Call, ClusterCalls } from './clusterCalls.ts';
import type { Gateway } from './gateway.ts';
import { parseHttpDate } from './retryAfter.ts';
import type { Sender } from './sender.ts';

/** The server's timeout for each question. */
const TIMEOUT_SECONDS = 10;

const TRIES = 3;

/** No further try begins after this: with many gateways that hang, a single try takes minutes. */
const LAST_TRY_AFTER_MS = 45_000;

/** The wait between two tries, unless a gateway's `Retry-After` asks for more. */
const WAIT_MS = 1_000;

/** The longest `Retry-After` that the probe waits for, unless the caller sets a shorter one. */
const LONGEST_WAIT_MS = 30_000;

/** What a probe needs of the client. */
export interface Prober {
  calls: ClusterCalls;
  gateways: Sender;
  /** The least wait between two tries, in milliseconds; a second by default. */
  waitMs?: number | undefined;
}

/**
 * Asks the cluster to delete an upload session that can't exist, and judges the answer.
 *
 * A good answer ends the probe at once. A bad verdict takes three tries, each on new connections and at all gateways: one bad node
 * behind a load balancer is not an outage. With gateways that hang there may be fewer tries, but at least three requests.
 *
 * @returns the verdict of the last try: of its last request that was answered, or of its last request if none was
 */
export async function probeCluster(prober: Prober, call: ProbeCall = {}): Promise<Probe> {
  const { signal, longestWaitMs = LONGEST_WAIT_MS } = call;
  const { gateways, waitMs = WAIT_MS } = prober;
  const startedMs = performance.now();
  for (let tries = 1, questions = 0; ; tries++) {
    let bad: BadProbe | undefined;
    for (const gateway of gateways.inPreferredOrder()) {
      const probe = await ask(prober, gateway, signal);
      questions += 1;
      if (probe.verdict === 'good') {
        gateways.prefer(gateway);
        return probe;
      }
      if (probe.error.kind === 'aborted') return probe;
      if (bad === undefined || probe.error.httpStatus !== undefined || bad.error.httpStatus === undefined) bad = probe;
      // An error without a request id means that no token could be obtained: the other gateways would not be asked either.
      if (probe.error.requestId === undefined) break;
    }
    if (bad === undefined) throw new TypeError('A cluster has at least one gateway.');
    const isLate = questions >= TRIES && performance.now() - startedMs > LAST_TRY_AFTER_MS;
    if (tries >= TRIES || isLate) return bad;
    const { retryAfterMs = 0 } = bad.error;
    try {
      await wait(Math.min(Math.max(waitMs, retryAfterMs), longestWaitMs), undefined, { ...(signal && { signal }) });
    } catch {
      return { verdict: 'clusterUnavailable', error: aborted(bad.error) };
    }
  }
}

/** Asks one gateway once. */
async function ask({ calls, gateways }: Prober, gateway: Gateway, signal: AbortSignal | undefined): Promise<Probe> {
  let tlsVersion: string | undefined;
  const question: Call<Date> = {
    method: 'DELETE',
    operation: 'DeleteUploadSession',
    id: newSessionId(),
    timeoutSeconds: TIMEOUT_SECONDS,
    signal,
    async send(...request) {
      const sent = await gateways.sendOnNew(gateway, ...request);
      tlsVersion = sent.tlsVersion;
      return sent;
    },
    read: readProbeAnswer,
  };
  try {
    const { value: clusterDate, requestId, host } = await calls.make(question);
    return {
      verdict: 'good',
      clusterDate,
      requestId,
      host,
      ...(tlsVersion !== undefined && { tlsVersion }),
      ...(gateway.needsTls12 && { needsTls12: true }),
    };
  } catch (error) {
    if (!(error instanceof FabricRequestError)) throw error;
    return { verdict: verdictOf(error), error };
  }
}

/** @returns the time of the cluster's clock; throws for every answer but the right one */
const readProbeAnswer: Call<Date>['read'] = (answer, facts) => {
  if (answer.status < 300) throw unexpectedAnswer(answer, `${answer.status} for a session that does not exist`, facts);
  const error = errorFromAnswer(answer, facts);
  if (error.kind !== 'notFound') throw error;
  const mark = cacheMark(answer.headers);
  if (mark !== undefined) throw unexpectedAnswer(answer, mark, facts);
  const clusterDate = parseHttpDate(answer.headers.get('date'));
  if (!clusterDate) throw unexpectedAnswer(answer, 'it has no readable Date header', facts);
  return clusterDate;
};

/** @see Management/HttpTransport/HttpUtil.cpp of microsoft/service-fabric */
function verdictOf({ kind, httpStatus, code }: FabricRequestError): BadProbe['verdict'] {
  if (kind === 'accessDenied') return 'accessDenied';
  // A Linux cluster has no upload sessions, and does not know the operation.
  if (httpStatus === 400 && code === 'E_INVALIDARG') return 'unsupportedCluster';
  if (httpStatus === 404 && code === 'FABRIC_E_SERVICE_DOES_NOT_EXIST') return 'unsupportedCluster';
  return 'clusterUnavailable';
}

function aborted(last: FabricRequestError): FabricRequestError {
  const { requestId, host } = last;
  return new FabricRequestError('The probe was aborted by its caller.', {
    kind: 'aborted',
    requestId,
    host,
  });
}
