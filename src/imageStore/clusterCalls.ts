import { randomUUID } from 'node:crypto';
import { FAILURE_KINDS, FabricRequestError } from '../cleanup/model/fabricRequestError.ts';
import type { SessionId } from '../cleanup/model/sessionId.ts';
import type { Acknowledged } from '../cleanup/model/uploadSession.ts';
import type { CallFacts, CredentialsDescription } from './answerError.ts';
import { CallDeadline, CallEndedError } from './callDeadline.ts';
import type { GatewayAnswer } from './gatewayAnswer.ts';
import { type GatewayRequest, headersOf } from './gatewayCall.ts';
import type { BegunCall, ObserveCall } from './observeCall.ts';
import type { SentAnswer } from './sender.ts';
import { cutAnswerError, endedError } from './unanswered.ts';

/** What all calls to a cluster have in common. */
export interface ClusterCallsOptions {
  clusterId?: string | undefined;
  /** How much longer than the server's timeout an answer is waited for, in milliseconds. */
  graceMs: number;
  credentials: CredentialsDescription;
  observeCall?: ObserveCall | undefined;
}

/** One call. */
export interface Call<T> {
  method: BegunCall['method'];
  operation: BegunCall['operation'];
  /** `undefined` for a call that is not about one. */
  id: SessionId | undefined;
  /** The server's timeout. */
  timeoutSeconds: number;
  signal?: AbortSignal | undefined;
  /** Called before the first byte is sent, at each attempt. If it throws, nothing is sent. */
  beforeSending?: (requestId: string) => void;
  send(request: GatewayRequest, deadline: CallDeadline, requestId: string): Promise<SentAnswer>;
  /** Converts the answer to the call's result, or throws the error that it means. */
  read(answer: GatewayAnswer, facts: CallFacts): T;
}

/** The result of a call. */
export interface Called<T> extends Acknowledged {
  value: T;
  /** Host and port of the gateway that answered. */
  host: string;
}

const LONGEST_TIMEOUT_SECONDS = 4_294_967_295;

/** Makes calls to one cluster, each with its own request id and deadline. An observer sees the beginning and the end of each. */
export class ClusterCalls {
  readonly #options: ClusterCallsOptions;

  constructor(options: ClusterCallsOptions) {
    this.#options = options;
  }

  /** @throws {FabricRequestError}; {RangeError} for a timeout that the cluster does not accept */
  async make<T>(call: Call<T>): Promise<Called<T>> {
    const { method, operation, id, timeoutSeconds, signal, beforeSending } = call;
    const { clusterId, graceMs, credentials, observeCall } = this.#options;
    checkTimeout(timeoutSeconds);
    const requestId = randomUUID();
    let hasLeft = false;
    let mayBeRepeated = false;
    const request: GatewayRequest = {
      method,
      target: targetOf(operation, id, timeoutSeconds),
      headers: headersOf(method, requestId, clusterId),
      beforeSending: () => {
        beforeSending?.(requestId);
        hasLeft = true;
      },
    };
    const deadlineMs = timeoutSeconds * 1000 + graceMs;
    const deadline = new CallDeadline(deadlineMs, signal);
    const reportEnd = observeCall?.({ operation, method, sessionId: id, requestId });
    try {
      if (deadline.ended) throw new CallEndedError();
      const sent = await call.send(request, deadline, requestId);
      const { answer, host } = sent;
      mayBeRepeated = sent.mayBeRepeated === true;
      // If an answer was cut off in the middle, an error status still counts, but a success does not.
      if (answer.bodyError === 'cut' && (answer.status < 300 || deadline.ended === 'aborted')) {
        throw deadline.ended ? new CallEndedError() : cutAnswerError(answer, host, requestId);
      }
      const value = call.read(answer, { host, requestId, credentials });
      reportEnd?.({ httpStatus: answer.status, host });
      return { value, requestId, httpStatus: answer.status, host };
    } catch (thrown) {
      const error =
        thrown instanceof CallEndedError && deadline.ended ? endedError(deadline.ended, deadlineMs, requestId) : thrown;
      const isFailure = error instanceof FabricRequestError;
      if (isFailure && method === 'DELETE') {
        // Refused by one gateway, but perhaps carried out by the one before it that did not answer.
        error.deleteSent = hasLeft && (mayBeRepeated || !FAILURE_KINDS[error.kind].refused);
      }
      reportEnd?.(isFailure ? { httpStatus: error.httpStatus, host: error.host, error } : { error });
      throw error;
    } finally {
      deadline.clear();
    }
  }
}

/** The API versions of operations that are newer than upload sessions (6.0). */
const API_VERSIONS: Partial<Record<BegunCall['operation'], string>> = { Info: '6.5' };

function targetOf(operation: BegunCall['operation'], id: SessionId | undefined, timeoutSeconds: number): string {
  const session = id === undefined ? '' : `&session-id=${id}`;
  return `/ImageStore/$/${operation}?api-version=${API_VERSIONS[operation] ?? '6.0'}${session}&timeout=${timeoutSeconds}`;
}

/** @throws {RangeError} for a timeout that the cluster does not accept */
export function checkTimeout(seconds: number): void {
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > LONGEST_TIMEOUT_SECONDS) {
    throw new RangeError(
      `The timeout must be a whole number of seconds from 1 to ${LONGEST_TIMEOUT_SECONDS}, not ${seconds}.`,
    );
  }
}
