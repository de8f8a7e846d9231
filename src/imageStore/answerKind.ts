import type { FabricRequestErrorKind } from '../cleanup/model/fabricRequestError.ts';
import type { GatewayAnswer } from './gatewayAnswer.ts';

/** The kinds of failures that come with an answer. */
export type AnswerKind = Exclude<FabricRequestErrorKind, 'tooLate' | 'unreachable' | 'aborted'>;

/**
 * Decides what an answer means whose status is not a success.
 *
 * A 4xx without a FabricErrorCode (also 408 and 429) was sent by something in front of the cluster, and is not about the session. The
 * gateway's own access check sends 401 and 403 without a body.
 *
 * @see httpgateway/RequestHandlerBase.HandlerAsyncOperation.cpp of microsoft/service-fabric
 */
export function kindOfAnswer({ status, body, bodyError }: GatewayAnswer, code: string | undefined): AnswerKind {
  const isAccessCheck = (status === 401 || status === 403) && body === '' && bodyError === undefined;
  const isForeign = status >= 400 && status < 500 && code === undefined && !isAccessCheck;
  return isForeign ? 'foreignAnswer' : kindOfStatus(status, code);
}

/**
 * Decides what a status means that the cluster itself sent. A 404 means "gone" only with the code `NotFound`: with any other code, the
 * image store itself was not found.
 *
 * @see Management/HttpTransport/HttpUtil.cpp of microsoft/service-fabric
 */
export function kindOfStatus(status: number, code: string | undefined): AnswerKind {
  switch (status) {
    case 401:
    case 403:
      return 'accessDenied';
    case 404:
      return code === 'NotFound' ? 'notFound' : 'unavailable';
    case 408:
    case 504:
      return 'timedOut';
    case 409:
      return 'conflict';
    case 429:
    case 503:
      return 'busy';
    case 502:
      return 'unavailable';
    default:
      if (status < 400) return 'unexpectedAnswer';
      return status < 500 ? 'invalidRequest' : 'serverError';
  }
}
