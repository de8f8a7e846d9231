import { randomUUID } from 'node:crypto';
import { validateHeaderValue } from 'node:http';
import { FabricRequestError } from '../cleanup/model/fabricRequestError.ts';
import { parseSessionId } from '../cleanup/model/sessionId.ts';
import type { CallOptions, ImageStoreClient, UploadSession } from '../cleanup/model/uploadSession.ts';
import { type CallFacts, type CredentialsInWords, errorFromAnswer, unexpectedAnswer } from './answerError.ts';
import { CallDeadline, CallEndedError } from './callDeadline.ts';
import type { ClientCertificate } from './clientCertificate.ts';
import { type EntraAccess, EntraGateways } from './entraGateways.ts';
import { type GatewayAnswer, MAX_ANSWER_BYTES } from './gatewayAnswer.ts';
import { headersOf } from './gatewayCall.ts';
import { Gateways, type Sender } from './gateways.ts';
import type { BegunCall, ObserveCall } from './observeCall.ts';
import { parseHttpDate } from './retryAfter.ts';
import type { ServerIdentity } from './serverIdentity.ts';
import { cutAnswer, ended } from './unanswered.ts';
import { readUploadSession } from './uploadSessionAnswer.ts';

/** How to reach a cluster's image store. */
export interface ImageStoreClientOptions {
  /** The HTTP gateway endpoints, at least one; tried in this order until one answers. */
  endpoints: readonly URL[];
  /** Sent as the `ClusterId` header, so that another cluster refuses the call. */
  clusterId?: string | undefined;
  /** The server's timeout in seconds for calls that name none (REST API 6.0: 1 to 4294967295). Default 60. */
  timeoutSeconds?: number;
  /** How much longer than the server's timeout an answer is waited for. Default 5,000. */
  graceMs?: number;
  /** So many calls are under way at a time, each on a connection of its own. Default 32. */
  maxConnections?: number;
  /** In which a connection must stand, before the next endpoint is tried. Default 5,000. */
  connectTimeoutMs?: number;
  clientCertificate?: ClientCertificate;
  /** Whom https endpoints must turn out to be; by default whom the platform trusts. */
  serverIdentity?: ServerIdentity;
  /** Sends a token of Microsoft Entra ID with each call. */
  entra?: EntraAccess;
  /** How long an endpoint that did not answer is left out, while there are others. Default 30,000. */
  asideMs?: number;
  /** Sees each call. None: nothing is done for it. */
  observeCall?: ObserveCall;
}

const LONGEST_TIMEOUT_SECONDS = 4_294_967_295;

/**
 * Makes the client for one cluster's image store.
 *
 * @throws {RangeError} for a timeout that the cluster doesn't take; {TypeError} for credentials over http
 */
export function createImageStoreClient(options: ImageStoreClientOptions): ImageStoreClient {
  const { clusterId, timeoutSeconds: defaultTimeout = 60, graceMs = 5_000, clientCertificate, entra } = options;
  checkTimeout(defaultTimeout);
  if (clusterId !== undefined) validateHeaderValue('ClusterId', clusterId);
  if ((clientCertificate || entra) && options.endpoints.some(({ protocol }) => protocol !== 'https:')) {
    throw new TypeError('Credentials are sent over https only.');
  }
  const plain = new Gateways({ maxConnections: 32, connectTimeoutMs: 5_000, ...options });
  const gateways: Sender = entra ? new EntraGateways(plain, entra, clusterId) : plain;
  const credentials = inWords(options);

  /** @param read - makes the value of an answer, or throws what the answer means */
  async function call<T>(
    method: BegunCall['method'],
    operation: BegunCall['operation'],
    id: string,
    { timeoutSeconds = defaultTimeout, signal }: CallOptions,
    read: (answer: GatewayAnswer, facts: CallFacts) => T,
  ): Promise<{ value: T; requestId: string; httpStatus: number }> {
    checkTimeout(timeoutSeconds);
    const requestId = randomUUID();
    const headers = headersOf(requestId, clusterId);
    const target = `/ImageStore/$/${operation}?api-version=6.0&session-id=${id}&timeout=${timeoutSeconds}`;
    const deadlineMs = timeoutSeconds * 1000 + graceMs;
    const deadline = new CallDeadline(deadlineMs, signal);
    const tellEnd = options.observeCall?.({ operation, method, sessionId: id, requestId });
    try {
      if (deadline.ended) throw new CallEndedError();
      const { answer, host } = await gateways.send({ method, target, headers }, deadline, requestId);
      // Of an answer that was cut in its middle, a status that tells of an error counts; a success does not.
      if (answer.bodyFault === 'cut' && (answer.status < 300 || deadline.ended === 'aborted')) {
        throw deadline.ended ? new CallEndedError() : cutAnswer(answer.status, host, requestId);
      }
      const value = read(answer, { host, requestId, credentials });
      tellEnd?.({ httpStatus: answer.status, host });
      return { value, requestId, httpStatus: answer.status };
    } catch (thrown) {
      const error =
        thrown instanceof CallEndedError && deadline.ended ? ended(deadline.ended, deadlineMs, requestId) : thrown;
      const facts = error instanceof FabricRequestError ? { httpStatus: error.httpStatus, host: error.host } : {};
      tellEnd?.({ ...facts, error });
      throw error;
    } finally {
      deadline.clear();
    }
  }

  return {
    async deleteUploadSession(sessionId, callOptions = {}) {
      const id = checkedId(sessionId);
      const { requestId, httpStatus } = await call(
        'DELETE',
        'DeleteUploadSession',
        id,
        callOptions,
        (answer, facts) => {
          if (answer.status !== 200) throw errorFromAnswer(answer, facts);
          // A proxy's sign-in page has this status too; the image store's answer is empty.
          if (answer.body !== '') throw unexpectedAnswer(answer, 'it has a body', facts);
        },
      );
      return { requestId, httpStatus };
    },

    async getUploadSession(sessionId, callOptions = {}) {
      const id = checkedId(sessionId);
      const { value, requestId, httpStatus } = await call(
        'GET',
        'GetUploadSession',
        id,
        callOptions,
        (answer, facts) => {
          const session = answer.status === 204 ? undefined : sessionIn(answer, id, facts);
          return { session, clusterDate: parseHttpDate(answer.headers.get('date')) };
        },
      );
      return { value: value.session, requestId, httpStatus, clusterDate: value.clusterDate };
    },

    close: () => gateways.close(),
  };
}

/** @throws {FabricRequestError} when the answer describes none */
function sessionIn(answer: GatewayAnswer, id: string, facts: CallFacts): UploadSession {
  if (answer.status !== 200) throw errorFromAnswer(answer, facts);
  if (answer.bodyFault) throw unexpectedAnswer(answer, `it is longer than ${MAX_ANSWER_BYTES / 1024} KiB`, facts);
  const parsed = readUploadSession(answer.body, id);
  if ('fault' in parsed) throw unexpectedAnswer(answer, parsed.fault, facts);
  return parsed.session;
}

/** A session id goes into an address and names what is deleted: none that the gateway would refuse leaves this process. */
function checkedId(sessionId: string): string {
  const parsed = parseSessionId(sessionId);
  if ('id' in parsed) return parsed.id;
  throw new FabricRequestError(`The session id ${parsed.fault}.`, { kind: 'invalidRequest', retryable: false });
}

function inWords({ clientCertificate, entra, clusterId }: ImageStoreClientOptions): CredentialsInWords {
  const or = clusterId === undefined ? '' : `, or the cluster is another than ${clusterId}`;
  if (entra) {
    const application = entra.scope === undefined ? '' : ` (${entra.scope})`;
    const lack = `the app role Admin on the cluster application${application} is missing, or that is another cluster's`;
    return { name: 'our Entra token', lack: lack + or };
  }
  if (clientCertificate) {
    const { subject, thumbprint } = clientCertificate;
    const name = `our client certificate ${subject} (${thumbprint})`;
    return { name, lack: `it is no admin client's${or}` };
  }
  return { name: 'a call without credentials', lack: `it wants a client certificate or an Entra token${or}` };
}

function checkTimeout(seconds: number): void {
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > LONGEST_TIMEOUT_SECONDS) {
    throw new RangeError(
      `The timeout must be a whole number of seconds from 1 to ${LONGEST_TIMEOUT_SECONDS}, not ${seconds}.`,
    );
  }
}
