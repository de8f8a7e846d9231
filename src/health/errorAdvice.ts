import type { FabricRequestErrorKind } from '../cleanup/model/fabricRequestError.ts';
import { STOP_REASONS } from '../cleanup/model/stopReason.ts';
import { kindOfStatus } from '../imageStore/answerKind.ts';

/** The explanation of a failed cleanup, for an operator. */
export interface ErrorAdvice {
  /** What happened, as one sentence. */
  what: string;
  /** How to fix it. */
  advice: string;
}

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
  const known = own(BY_CODE, errorCode) ?? ofKind(errorCode, httpStatus);
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

const USUALLY_PASSES = 'This usually passes without action.';
const CHECK_IMAGE_STORE =
  'If it continues, check the health of fabric:/System/ImageStoreService and its nodes in Service Fabric Explorer.';
const CHECK_CREDENTIALS =
  'Check CLUSTER_AUTH and its certificate or identity, which needs the Admin role. This does not count as a failed attempt.';

/** The explanation for a cluster that is moving or restarting something. On a healthy cluster this passes without action. */
const passing = (what: string): ErrorAdvice => ({ what, advice: `${USUALLY_PASSES} ${CHECK_IMAGE_STORE}` });

/** The same advice as for a sweep that ends for this reason. */
const UNSUPPORTED = STOP_REASONS.unsupportedCluster.advice ?? '';

const BY_CODE: Record<string, ErrorAdvice> = {
  E_INVALIDARG: {
    what: 'The gateway rejected the request as invalid.',
    advice:
      'Linux clusters have no upload sessions and answer every request this way: check that CLUSTER_ENDPOINTS names a Windows ' +
      'cluster.',
  },
  FABRIC_E_INVALID_UPLOAD_SESSION_ID: {
    what: 'The gateway rejected the session id as invalid.',
    advice: 'Find out what registers sessions with such ids, and delete the row.',
  },
  FABRIC_E_INVALID_ADDRESS: {
    what: 'The gateway rejected the address of the request as invalid.',
    advice: 'Check CLUSTER_ENDPOINTS.',
  },
  FABRIC_E_SERVER_AUTHENTICATION_FAILED: {
    what: 'The cluster rejected the credentials of this app.',
    advice: CHECK_CREDENTIALS,
  },
  E_ACCESSDENIED: {
    what: 'The cluster denied access: the role is insufficient, or the cluster is not the one that CLUSTER_ID names.',
    advice: `${CHECK_CREDENTIALS} If CLUSTER_ID is set, check it too.`,
  },
  NotFound: {
    what: 'The cluster has no such upload session: it expired or was deleted before, or was never known to this cluster.',
    advice: 'No action: there is nothing left to clean up.',
  },
  FABRIC_E_SERVICE_DOES_NOT_EXIST: {
    what: 'The cluster has no image store service: it keeps its packages on a file share, is a development cluster, or is still forming.',
    advice: UNSUPPORTED,
  },
  FABRIC_E_PARTITION_NOT_FOUND: passing('The partition of the image store could not be found.'),
  FABRIC_E_NODE_NOT_FOUND: passing('A node of the image store could not be found.'),
  FABRIC_E_UPLOAD_SESSION_ID_CONFLICT: {
    what: 'The cluster uses this session id for another upload.',
    advice: 'Find out what uses the same id twice.',
  },
  FABRIC_E_UPLOAD_SESSION_RANGE_NOT_SATISFIABLE: {
    what: 'The cluster rejected a byte range, which is an answer to an upload, not to a request of this app.',
    advice: 'Check the proxies and load balancers between this app and the cluster.',
  },
  FABRIC_E_GATEWAY_NOT_REACHABLE: passing('The gateway could not reach the cluster behind it.'),
  FABRIC_E_NOT_PRIMARY: passing('The image store was moving its primary replica to another node.'),
  FABRIC_E_NO_WRITE_QUORUM: passing('Too few replicas of the image store were up for a write.'),
  FABRIC_E_NOT_READY: passing('The image store was not ready yet.'),
  FABRIC_E_RECONFIGURATION_PENDING: passing('The replicas of the image store were being reconfigured.'),
  FABRIC_E_REPLICATION_QUEUE_FULL: {
    what: 'The image store could not replicate its data fast enough.',
    advice: `${USUALLY_PASSES} If it continues, lower SWEEP_CONCURRENCY, and look for a slow node.`,
  },
  FABRIC_E_SERVICE_TOO_BUSY: {
    what: 'The image store was overloaded.',
    advice: `${USUALLY_PASSES} If it continues, lower SWEEP_CONCURRENCY.`,
  },
  FABRIC_E_SERVICE_OFFLINE: passing('The image store was down.'),
  FABRIC_E_OBJECT_CLOSED: passing('The image store was shutting down.'),
  E_ABORT: passing('The cluster aborted the operation.'),
  FABRIC_E_CONNECTION_CLOSED_BY_REMOTE_END: passing('A connection inside the cluster was closed.'),
  FABRIC_E_TIMEOUT: {
    what: 'The operation timed out on the cluster; the session may have been deleted nevertheless.',
    advice: `${USUALLY_PASSES} If it continues, raise CLUSTER_TIMEOUT, and look for slow disks on the nodes of the image store.`,
  },
  FABRIC_E_COMMUNICATION_ERROR: passing('The nodes of the cluster could not communicate.'),
  FABRIC_E_OPERATION_NOT_COMPLETE: passing('The cluster did not complete the operation in time.'),
};

/** By the kind of failure, if the cluster sent no code. */
const BY_KIND: Record<FabricRequestErrorKind | 'clockSkew', ErrorAdvice> = {
  notFound: {
    what: 'The cluster has no such upload session: it expired or was deleted before, or was never known to this cluster.',
    advice: 'No action: there is nothing left to clean up.',
  },
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
