import { validateHeaderValue } from 'node:http';
import { FabricRequestError } from '../cleanup/model/fabricRequestError.ts';
import type { SessionId } from '../cleanup/model/sessionId.ts';
import type { StoreUsage } from '../cleanup/model/storeUsage.ts';
import type { Answered, CallOptions, ImageStoreClient, UploadSession } from '../cleanup/model/uploadSession.ts';
import { errorFromAnswer, unexpectedAnswer } from './answerError.ts';
import { cacheMark } from './cacheMarks.ts';
import type { ClientCertificate } from './clientCertificate.ts';
import { type Call, ClusterCalls, checkTimeout } from './clusterCalls.ts';
import { probeCluster } from './clusterProbe.ts';
import { describeCredentials } from './credentialsDescription.ts';
import { type EntraAccess, EntraGateways } from './entraGateways.ts';
import { watchEventLoop } from './eventLoopWatch.ts';
import { Gateways } from './gateways.ts';
import type { ObserveCall } from './observeCall.ts';
import type { Reservation, Sender } from './sender.ts';
import type { ServerIdentity } from './serverIdentity.ts';
import { type LookUp, readDeletion, readLookUp } from './sessionAnswers.ts';
import { readStoreUsage } from './storeUsageAnswer.ts';

/** How to reach a cluster's image store. */
export interface ImageStoreClientOptions {
  /** The HTTP gateway endpoints, at least one. They are tried in this order until one answers. */
  endpoints: readonly URL[];
  /** Sent as the `ClusterId` header, so that another cluster refuses the call. */
  clusterId?: string | undefined;
  /** The server's timeout for calls that do not set one (REST API 6.0: 1 to 4294967295). Default 60. */
  timeoutSeconds?: number;
  /** How much longer than the server's timeout the client waits for an answer. Default 5,000. */
  graceMs?: number;
  /** The maximum number of calls at a time, each on its own connection; probes have the same number in addition. Default 32. */
  maxConnections?: number;
  /** Within which a connection must be established, before the next endpoint is tried. Default 5,000. */
  connectTimeoutMs?: number;
  clientCertificate?: ClientCertificate;
  /** The servers to accept at https endpoints; by default those that the platform trusts. */
  serverIdentity?: ServerIdentity;
  /** Sends a token of Microsoft Entra ID with each call. */
  entra?: EntraAccess;
  /** How long an endpoint that did not answer is skipped while there are others. Default 30,000. */
  skipMs?: number;
  /** How old the answer of a guard's look-up may be when its DELETE is sent, in milliseconds. Default 2,000. */
  guardLastsMs?: number;
  /** How long a probe waits between its tries at least, in milliseconds. Default 1,000. */
  probeWaitMs?: number;
  /** Sees each call. */
  observeCall?: ObserveCall;
}

/**
 * The longest server timeout of a guarded DELETE. The gateway repeats a call every 5 s until its timeout ends, and a repeated DELETE
 * would come long after its guard.
 *
 * @see Naming/EntreeService.RequestAsyncOperationBase.cpp of microsoft/service-fabric
 */
const GUARDED_TIMEOUT_SECONDS = 5;

/**
 * Makes the client for one cluster's image store.
 *
 * @throws {RangeError} for a timeout that the cluster does not accept; {TypeError} for credentials over http
 */
export function createImageStoreClient(options: ImageStoreClientOptions): ImageStoreClient {
  const { clusterId, timeoutSeconds: defaultTimeout = 60, graceMs = 5_000, clientCertificate, entra } = options;
  const { guardLastsMs = 2_000, probeWaitMs, observeCall } = options;
  checkTimeout(defaultTimeout);
  if (clusterId !== undefined) validateHeaderValue('ClusterId', clusterId);
  if ((clientCertificate || entra) && options.endpoints.some(({ protocol }) => protocol !== 'https:')) {
    throw new TypeError('Credentials are sent over https only.');
  }
  const credentials = describeCredentials(options);
  const plain = new Gateways({
    maxConnections: 32,
    connectTimeoutMs: 5_000,
    ...options,
    credentials: credentials.kind,
  });
  const gateways: Sender = entra ? new EntraGateways(plain, entra) : plain;
  const calls = new ClusterCalls({ clusterId, graceMs, credentials, observeCall });

  function remove(id: SessionId, call: Pick<Call<void>, 'timeoutSeconds' | 'signal' | 'beforeSending' | 'send'>) {
    return calls.make<void>({ ...call, method: 'DELETE', operation: 'DeleteUploadSession', id, read: readDeletion });
  }

  /** @param onReservation - if set, receives a reservation of the gateway that answered, which the caller must release */
  async function lookUp(
    id: SessionId,
    { timeoutSeconds = defaultTimeout, signal }: CallOptions,
    onReservation?: (reservation: Reservation | undefined) => void,
  ): Promise<Answered<UploadSession | undefined>> {
    const { value, requestId, httpStatus } = await calls.make<LookUp>({
      method: 'GET',
      operation: 'GetUploadSession',
      id,
      timeoutSeconds,
      signal,
      async send(request, deadline, requestId) {
        const sent = await gateways.send(request, deadline, requestId, onReservation !== undefined);
        onReservation?.(sent.reservation);
        return sent;
      },
      read: (...answer) => readLookUp(id, ...answer),
    });
    return { value: value.session, clusterDate: value.clusterDate, requestId, httpStatus };
  }

  return {
    async deleteUploadSession(sessionId, { timeoutSeconds = defaultTimeout, signal } = {}) {
      const { requestId, httpStatus } = await remove(sessionId, {
        timeoutSeconds,
        signal,
        send: (request, deadline, requestId) => gateways.send(request, deadline, requestId),
      });
      return { requestId, httpStatus };
    },

    async deleteUploadSessionIf(sessionId, mayDelete, callOptions = {}) {
      const { timeoutSeconds = defaultTimeout, signal } = callOptions;
      const endWatch = watchEventLoop();
      let reservation: Reservation | undefined;
      try {
        const look = await lookUp(sessionId, callOptions, (kept) => {
          reservation = kept;
        });
        if (!reservation || !mayDelete(look)) return { look };
        const { answeredMs, send } = reservation;
        const { requestId, httpStatus } = await remove(sessionId, {
          timeoutSeconds: Math.min(timeoutSeconds, GUARDED_TIMEOUT_SECONDS),
          signal,
          beforeSending: (call) => checkGuard(answeredMs, guardLastsMs, call),
          send,
        });
        return { look, deleted: { requestId, httpStatus } };
      } finally {
        reservation?.release();
        endWatch();
      }
    },

    async getUploadSession(sessionId, callOptions = {}) {
      return lookUp(sessionId, callOptions);
    },

    async getStoreUsage({ timeoutSeconds = defaultTimeout, signal } = {}) {
      const { value } = await calls.make<StoreUsage>({
        ...{ method: 'GET', operation: 'Info', id: undefined, timeoutSeconds, signal },
        send: (request, deadline, requestId) => gateways.send(request, deadline, requestId),
        read(answer, facts) {
          if (answer.status !== 200) throw errorFromAnswer(answer, facts);
          const usage = answer.bodyError ? undefined : readStoreUsage(answer.body);
          const problem = cacheMark(answer.headers);
          if (!usage || problem) throw unexpectedAnswer(answer, problem ?? 'it is not an image store info', facts);
          return usage;
        },
      });
      return value;
    },

    probe: (call) => probeCluster({ calls, gateways, waitMs: probeWaitMs }, call),

    close: () => gateways.close(),
  };
}

/** @throws {FabricRequestError} of kind `tooLate` if the guard's look-up is too old */
function checkGuard(answeredMs: number, guardLastsMs: number, requestId: string): void {
  const ageMs = performance.now() - answeredMs;
  if (ageMs <= guardLastsMs) return;
  throw new FabricRequestError(
    `The DELETE was not sent: the answer of its look-up is ${(ageMs / 1000).toFixed(1)} s old, and may be at most ` +
      `${guardLastsMs / 1000} s old.`,
    { kind: 'tooLate', requestId },
  );
}
