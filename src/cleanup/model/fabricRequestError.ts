import { safeText } from './safeText.ts';

/**
 * What a failed call means to the caller. Each kind is handled differently:
 *
 * - `notFound`: the cluster has no such session (only 404 with FabricErrorCode `NotFound`)
 * - `invalidRequest`: the gateway refuses the request itself (400 and other 4xx with a FabricErrorCode); a retry fails too
 * - `accessDenied`: the credentials are missing, wrong or lack the Admin role (401 and 403 without a body or with a FabricErrorCode,
 *   or refused in the TLS handshake), or no token could be obtained
 * - `conflict`: 409 with a FabricErrorCode
 * - `busy`: the cluster is overloaded (503, or 429 with a FabricErrorCode)
 * - `unavailable`: the image store service cannot be found at the moment (502, or 404 with any other FabricErrorCode)
 * - `timedOut`: the cluster (504) or this app's deadline ended the wait; the cluster may still have carried out the request
 * - `serverError`: 500 and any 5xx not listed here
 * - `unexpectedAnswer`: a redirect, an answer from a cache, or a successful status whose answer is not the image store's
 * - `unreachable`: no answer came (refused, reset, DNS, TLS)
 * - `foreignAnswer`: a 4xx without a FabricErrorCode (except the gateway's own 401 or 403 without a body): the answer of a proxy, a load
 *   balancer or HTTP.sys, which says nothing about a session
 * - `tooLate`: the DELETE could not be sent within two seconds of the look-up's answer, so it was not sent at all
 * - `aborted`: the caller ended the call
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

/** What is known about a failed call. */
export interface FabricRequestErrorFacts {
  kind: FabricRequestErrorKind;
  /** Whether the same call may succeed later. */
  retryable: boolean;
  /** The call's `X-ServiceFabricRequestId`, which finds it in the cluster's own traces; `undefined` if no call was made. */
  requestId?: string | undefined;
  /** Host and port of the gateway that answered, or that was tried last; `undefined` if the call ended before one was tried. */
  host?: string | undefined;
  /** `undefined` if no answer came. */
  httpStatus?: number | undefined;
  /** `Error.Code` of the FabricError body. */
  code?: string | undefined;
  /** The answer's `Retry-After`, in milliseconds. */
  retryAfterMs?: number | undefined;
  /** Whether a DELETE may have reached the cluster before this failure, so that the next look-up may find nothing. */
  deleteSent?: boolean | undefined;
  cause?: unknown;
}

/**
 * The cluster's HTTP gateway endpoint answered with an error, or did not answer.
 *
 * Its message may quote what others sent (an error's text, a certificate's names, a content type), so it is made safe to show
 * here, for all callers.
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
  /** Set by the call that sent the DELETE when it fails. */
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
