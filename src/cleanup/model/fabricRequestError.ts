import { safeText } from './safeText.ts';

/** What a failed call means to the caller. */
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

/** What depends on the kind of a failure. */
export interface FailureKindFacts {
  /** Whether the same call may succeed later. */
  retryable: boolean;
  /** Whether the cluster itself reports that it did not carry out the request. */
  refused: boolean;
  /**
   * Whether it is charged to its session as an attempt, if it came with a FabricErrorCode. Outages, proxies, credentials, timeouts and
   * undecidable look-ups say nothing about the session. For a `hopeless` session every retry fails too.
   */
  session: 'notCharged' | 'charged' | 'hopeless';
}

export const FAILURE_KINDS: Record<FabricRequestErrorKind, FailureKindFacts> = {
  /** The cluster has no such session (only 404 with FabricErrorCode `NotFound`). */
  notFound: { retryable: false, refused: true, session: 'notCharged' },
  /** The gateway refuses the request itself (400 and other 4xx with a FabricErrorCode). */
  invalidRequest: { retryable: false, refused: true, session: 'hopeless' },
  /**
   * The credentials are missing, wrong or lack the Admin role (401 and 403 without a body or with a FabricErrorCode, or refused in the
   * TLS handshake), or no token could be obtained.
   */
  accessDenied: { retryable: false, refused: true, session: 'notCharged' },
  /** 409 with a FabricErrorCode. */
  conflict: { retryable: false, refused: true, session: 'charged' },
  /** The cluster is overloaded (503, or 429 with a FabricErrorCode). */
  busy: { retryable: true, refused: false, session: 'charged' },
  /** The image store service cannot be found at the moment (502, or 404 with any other FabricErrorCode). */
  unavailable: { retryable: true, refused: false, session: 'notCharged' },
  /** The cluster (504) or this app's deadline ended the wait; the cluster may still have carried out the request. */
  timedOut: { retryable: true, refused: false, session: 'notCharged' },
  /** 500, and any 5xx not listed here. */
  serverError: { retryable: true, refused: false, session: 'charged' },
  /** A redirect, an answer from a cache, or a successful status whose answer is not the image store's. */
  unexpectedAnswer: { retryable: true, refused: false, session: 'notCharged' },
  /**
   * A 4xx without a FabricErrorCode (except the gateway's own 401 or 403 without a body): the answer of a proxy, a load balancer or
   * HTTP.sys, which says nothing about a session.
   */
  foreignAnswer: { retryable: true, refused: false, session: 'notCharged' },
  /** The DELETE could not be sent within two seconds of the look-up's answer, so it was not sent at all. */
  tooLate: { retryable: true, refused: false, session: 'notCharged' },
  /** No answer came (refused, reset, DNS, TLS). */
  unreachable: { retryable: true, refused: false, session: 'notCharged' },
  /** The caller ended the call. */
  aborted: { retryable: false, refused: false, session: 'notCharged' },
};

/** What is known about a failed call. */
export interface FabricRequestErrorFacts {
  kind: FabricRequestErrorKind;
  /** Whether the same call may succeed later; by default as {@link FAILURE_KINDS} says. */
  retryable?: boolean;
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
    this.retryable = facts.retryable ?? FAILURE_KINDS[facts.kind].retryable;
    this.requestId = facts.requestId;
    this.host = facts.host;
    this.httpStatus = facts.httpStatus;
    this.code = facts.code;
    this.retryAfterMs = facts.retryAfterMs;
    this.deleteSent = facts.deleteSent ?? false;
  }
}
