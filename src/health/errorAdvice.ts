import type { FabricRequestErrorKind } from '../cleanup/model/fabricRequestError.ts';
import { kindOfStatus } from '../imageStore/answerKind.ts';
import {
  CHECK_CREDENTIALS,
  type ErrorAdvice,
  FABRIC_ERROR_CODES,
  NOT_FOUND,
  passing,
  USUALLY_PASSES,
} from './fabricErrorCodes.ts';

/** A failure as it is recorded in an outcome. */
export interface RecordedFailure {
  /** The FabricErrorCode, or the kind of failure if the cluster sent no code. */
  errorCode?: string | undefined;
  /** The status of the cluster's answer; `undefined` if no answer came. */
  httpStatus?: number | undefined;
}

/**
 * Explains a failure by its FabricErrorCode if the code is known, else by the kind of failure, else by the status.
 *
 * @see the gateway's table of status codes: Management/HttpTransport/HttpUtil.cpp of microsoft/service-fabric
 */
export function errorAdvice({ errorCode = '', httpStatus }: RecordedFailure): ErrorAdvice {
  const known = own(FABRIC_ERROR_CODES, errorCode) ?? ofKind(errorCode, httpStatus);
  if (known) return known;
  if (httpStatus === undefined) return BY_KIND.unreachable;
  const kind = kindOfStatus(httpStatus, errorCode);
  const { what, advice } = ofKind(kind, httpStatus) ?? BY_KIND[kind];
  return {
    what: errorCode === '' ? what : `${what} This app has no explanation for the code ${errorCode}.`,
    advice,
  };
}

const ofKind = (kind: string, httpStatus: number | undefined) =>
  own(BY_KIND_AND_STATUS, `${kind} ${httpStatus}`) ?? own(BY_KIND, kind);

const own = (advice: Record<string, ErrorAdvice>, key: string) =>
  Object.hasOwn(advice, key) ? advice[key] : undefined;

/** What happens to a session that failed, and what remains for an operator to do; follows the advice on its failure. */
export const RETRY_ADVICE: Record<'waiting' | 'givenUp', string> = {
  waiting: 'The next sweeps retry.',
  givenUp: 'Sweeps do not retry a session that was given up: fix the cause, then retry or delete it.',
};

/** By the kind of failure, if the cluster sent no code. */
const BY_KIND: Record<FabricRequestErrorKind | 'clockSkew', ErrorAdvice> = {
  notFound: NOT_FOUND,
  invalidRequest: {
    what: 'The gateway rejected the request.',
    advice: 'Check that CLUSTER_ENDPOINTS names the HTTP gateway endpoint (usually port 19080).',
  },
  accessDenied: {
    what: 'Authentication failed before the request: in the TLS handshake, or no token could be obtained.',
    advice: CHECK_CREDENTIALS,
  },
  conflict: {
    what: 'The cluster reports a conflict.',
    advice: 'Find out on the cluster, by the request id, what else uses the session.',
  },
  busy: passing('The cluster was busy and asked to retry later.'),
  unavailable: passing('The image store could not be found, though something answered.'),
  timedOut: {
    what: 'No answer came in time; the session may have been deleted nevertheless.',
    advice: `${USUALLY_PASSES} If it continues, check the network path to the cluster, or raise CLUSTER_TIMEOUT.`,
  },
  serverError: passing('The cluster reported an internal error.'),
  unexpectedAnswer: {
    what: "The answer is not one of a cluster's gateway: a proxy's page, a redirect, or another port.",
    advice:
      'Check CLUSTER_ENDPOINTS (scheme and port too), and the proxies and load balancers between this app and the cluster.',
  },
  foreignAnswer: {
    what: 'Something in front of the cluster refused the request: a proxy, a load balancer or HTTP.sys. The image store did not answer.',
    advice:
      'Check CLUSTER_ENDPOINTS and what is between this app and the cluster. This does not count as a failed attempt.',
  },
  tooLate: {
    what: 'The DELETE could not be sent within two seconds of the look-up before it, so it was not sent.',
    advice: 'If it repeats, lower SWEEP_CONCURRENCY, and check the latency to the cluster.',
  },
  unreachable: {
    what: 'No answer came: the connection was refused or closed, or the server certificate is not the expected one.',
    advice: 'Check that the cluster is up, CLUSTER_ENDPOINTS, the network between, and the CLUSTER_SERVER_ settings.',
  },
  aborted: {
    what: 'The call was interrupted: the app was shutting down, or the time budget was used up.',
    advice: 'No action is needed.',
  },
  clockSkew: {
    what: 'The clocks differ too much to distinguish a stale upload from an active one.',
    advice: 'Correct the clocks. MAX_CLOCK_SKEW is the difference that is allowed.',
  },
};

/** For failures whose status is more specific than their kind. */
const BY_KIND_AND_STATUS: Record<string, ErrorAdvice> = {
  'accessDenied 401': { what: 'The cluster rejected the credentials of this app.', advice: CHECK_CREDENTIALS },
  'accessDenied 403': {
    what: 'The cluster denied access: the Admin role or a client certificate is missing.',
    advice: CHECK_CREDENTIALS,
  },
  'busy 429': {
    what: 'A proxy or load balancer in front of the cluster limited the request rate.',
    advice: `${USUALLY_PASSES} If it continues, lower SWEEP_CONCURRENCY.`,
  },
};
