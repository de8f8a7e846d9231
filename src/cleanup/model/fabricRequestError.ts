/**
 * What a failed call means, in the caller's words. One kind for each way to act:
 *
 * - `notFound`: the cluster knows no such session (404 with FabricErrorCode `NotFound`, and nothing else)
 * - `invalidRequest`: the gateway refuses the request itself (400 and other 4xx); asking again changes nothing
 * - `accessDenied`: our credentials are missing, wrong or lack the Admin role (401, 403, refused in the TLS handshake), or no
 *   token could be got
 * - `conflict`: 409
 * - `busy`: the cluster or a proxy asks for patience (429, 503)
 * - `unavailable`: the image store service can't be found now (any other 404, 502)
 * - `timedOut`: the cluster (504), a proxy (408) or our own deadline gave up; the work may have been done all the same
 * - `serverError`: 500 and any 5xx not named here
 * - `unexpectedAnswer`: a redirect, or an answer that isn't the image store's
 * - `unreachable`: no answer came (refused, reset, DNS, TLS)
 * - `foreignAnswer`: a 4xx without a FabricErrorCode (and not the gateway's own empty 401 or 403): a proxy's, a load balancer's or
 *   HTTP.sys's answer, which says nothing about a session
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
  /** The call's `X-ServiceFabricRequestId`, by which it is found in the cluster's own traces; none: no call was made. */
  requestId?: string | undefined;
  /** Host and port of the gateway that answered, or that was tried last. None: the call ended before one was tried. */
  host?: string | undefined;
  /** None: no answer came. Never invented. */
  httpStatus?: number | undefined;
  /** `Error.Code` of a FabricError body. */
  code?: string | undefined;
  /** How long the answer's `Retry-After` asks to wait, in milliseconds. */
  retryAfterMs?: number | undefined;
  /** Whether a DELETE may have reached the cluster before this failure, so that the next look-up may find nothing. */
  deleteSent?: boolean | undefined;
  cause?: unknown;
}

/** The cluster's HTTP gateway endpoint answered with an error, or did not answer. */
export class FabricRequestError extends Error {
  override readonly name = 'FabricRequestError';
  readonly kind: FabricRequestErrorKind;
  readonly retryable: boolean;
  readonly requestId: string | undefined;
  readonly host: string | undefined;
  readonly httpStatus: number | undefined;
  readonly code: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly deleteSent: boolean;

  constructor(message: string, facts: FabricRequestErrorFacts) {
    super(message, { cause: facts.cause });
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
