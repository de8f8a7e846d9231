import { safeText } from './safeText.ts';

/**
 * What a failed call means, in the caller's words. One kind for each way to act:
 *
 * - `notFound`: the cluster knows no such session (404 with FabricErrorCode `NotFound`, and nothing else)
 * - `invalidRequest`: the gateway refuses the request itself (400 and other 4xx with a FabricErrorCode); asking again changes nothing
 * - `accessDenied`: our credentials are missing, wrong or lack the Admin role (401 and 403 without a body or with a FabricErrorCode,
 *   refused in the TLS handshake), or no token could be obtained
 * - `conflict`: 409 with a FabricErrorCode
 * - `busy`: the cluster asks for patience (503, or 429 with a FabricErrorCode)
 * - `unavailable`: the image store service can't be found now (502, or 404 with any other FabricErrorCode)
 * - `timedOut`: the cluster (504) or our own deadline gave up; the work may have been done all the same
 * - `serverError`: 500 and any 5xx not named here
 * - `unexpectedAnswer`: a redirect, a cache's answer, or one with a good status that isn't the image store's
 * - `unreachable`: no answer came (refused, reset, DNS, TLS)
 * - `foreignAnswer`: a 4xx without a FabricErrorCode (and not the gateway's own 401 or 403 without a body): a proxy's, a load
 *   balancer's or HTTP.sys's answer, which says nothing about a session
 * - `tooLate`: the DELETE could not leave within two seconds of its look-up's answer, so it was not sent
 * - `aborted`: the caller gave up
 */
export type FabricRequestErrorKind =
  | 'notFound'
  | 'invalidRequest'
  | 'accessDenied'
  | 'conflict'
  | 'busy'
  | 'unavailable'
  | 'timedOut'
  | 'serverError'
  | 'unexpectedAnswer'
  | 'foreignAnswer'
  | 'tooLate'
  | 'unreachable'
  | 'aborted';

/** What is known of a failed call. */
export interface FabricRequestErrorFacts {
  kind: FabricRequestErrorKind;
  /** Whether the same call may succeed later, by the contract page's table of status codes. */
  retryable: boolean;
  /** The call's `X-ServiceFabricRequestId`, by which it is found in the cluster's own traces; `undefined` if no call was made. */
  requestId?: string | undefined;
  /** Host and port of the gateway that answered, or that was tried last; `undefined` if the call ended before one was tried. */
  host?: string | undefined;
  /** `undefined` if no answer came. Never invented. */
  httpStatus?: number | undefined;
  /** `Error.Code` of a FabricError body. */
  code?: string | undefined;
  /** How long the answer's `Retry-After` asks to wait, in milliseconds. */
  retryAfterMs?: number | undefined;
  /** Whether a DELETE may have reached the cluster before this failure, so that the next look-up may find nothing. */
  deleteSent?: boolean | undefined;
  cause?: unknown;
}

/**
 * The cluster's HTTP gateway endpoint answered with an error, or did not answer.
 *
 * Its message may quote what others sent (an error's text, a certificate's names, a content type): it is made safe here, in one
 * place for all of them.
 */
export class FabricRequestError extends Error {
  override readonly name = 'FabricRequestError';
  readonly kind: FabricRequestErrorKind;
  readonly retryable: boolean;
  readonly requestId: string | undefined;
  readonly host: string | undefined;
  readonly httpStatus: number | undefined;
  readonly code: string | undefined;
  readonly retryAfterMs: number | undefined;
  /** Noted by the call that sent it, when it fails. */
  deleteSent: boolean;

  constructor(message: string, facts: FabricRequestErrorFacts) {
    super(safeText(message), { cause: facts.cause });
    this.kind = facts.kind;
    this.retryable = facts.retryable;
    this.requestId = facts.requestId;
    this.host = facts.host;
    this.httpStatus = facts.httpStatus;
    this.code = facts.code;
    this.retryAfterMs = facts.retryAfterMs;
    this.deleteSent = facts.deleteSent ?? false;
  }
}
