import type { FabricRequestErrorKind } from '../cleanup/model/fabricRequestError.ts';

/** Why a cleanup failed, for a person. */
export interface ErrorAdvice {
  /** What happened, as one sentence. */
  what: string;
  /** What to do about it. */
  advice: string;
}

/** A failure as an outcome's row holds it. */
export interface RecordedFailure {
  /** The FabricErrorCode, or the kind of failure where the cluster gave none. */
  errorCode?: string | undefined;
  /** The cluster's answer. None: no answer came. */
  httpStatus?: number | undefined;
}

/**
 * Puts a failure into words: by its FabricErrorCode where it is one that we know, else by the kind of failure, else by the status.
 *
 * @see the gateway's table of status codes: Management/HttpTransport/HttpUtil.cpp of microsoft/service-fabric
 */
export function errorAdvice({ errorCode = '', httpStatus }: RecordedFailure): ErrorAdvice {
  const known =
    own(BY_CODE, errorCode) ?? own(BY_KIND_AND_STATUS, `${errorCode} ${httpStatus}`) ?? own(BY_KIND, errorCode);
  if (known) return known;
  if (httpStatus === undefined) return BY_KIND.unreachable;
  const { what, advice } = byStatus(httpStatus);
  return {
    what: errorCode === '' ? what : `${what} The code ${errorCode} is none that this app has words for.`,
    advice,
  };
}

const own = (advice: Record<string, ErrorAdvice>, key: string) =>
  Object.hasOwn(advice, key) ? advice[key] : undefined;

const BY_ITSELF = 'Nothing, if it passes: the next sweeps try again by themselves.';
const LOOK_AT_IMAGE_STORE =
  'If it stays, look at the health of fabric:/System/ImageStoreService and of its nodes in Service Fabric Explorer.';
const MEND_AND_RETRY = 'The session was given up: mend the cause, then take it up again, or delete it.';
const CHECK_CREDENTIALS =
  'Check CLUSTER_AUTH and the certificate or identity behind it, and that it has the Admin role. No session is charged for it.';

/** The cluster moves or restarts something; each of these passes by itself on a healthy cluster. */
const passing = (what: string): ErrorAdvice => ({ what, advice: `${BY_ITSELF} ${LOOK_AT_IMAGE_STORE}` });

const BY_CODE: Record<string, ErrorAdvice> = {
  E_INVALIDARG: {
    what: 'The gateway calls the request itself wrong.',
    advice:
      'Linux clusters answer so to every session, as they have no upload sessions: check that CLUSTER_ENDPOINTS names a Windows ' +
      `cluster. ${MEND_AND_RETRY}`,
  },
  FABRIC_E_INVALID_UPLOAD_SESSION_ID: {
    what: 'The gateway does not take the session id for one.',
    advice: 'Find out who registers sessions under such ids, and delete the row.',
  },
  FABRIC_E_INVALID_ADDRESS: {
    what: 'The gateway calls the address wrong that it was asked under.',
    advice: `Check CLUSTER_ENDPOINTS. ${MEND_AND_RETRY}`,
  },
  FABRIC_E_SERVER_AUTHENTICATION_FAILED: {
    what: 'The cluster did not accept our credentials.',
    advice: CHECK_CREDENTIALS,
  },
  E_ACCESSDENIED: {
    what: 'The cluster denied us access: our role is too small, or this is another cluster than CLUSTER_ID says.',
    advice: `${CHECK_CREDENTIALS} Check CLUSTER_ID as well, where it is set.`,
  },
  NotFound: {
    what: 'The cluster knows no such upload session: it was committed, expired or deleted before.',
    advice: 'Nothing: there is nothing left to clean up.',
  },
  FABRIC_E_SERVICE_DOES_NOT_EXIST: {
    what: 'The cluster has no image store service now: it keeps its packages elsewhere, or is coming up.',
    advice: `If the cluster keeps its packages on a file share, there is nothing to sweep. ${LOOK_AT_IMAGE_STORE}`,
  },
  FABRIC_E_PARTITION_NOT_FOUND: passing('The partition of the image store could not be found.'),
  FABRIC_E_NODE_NOT_FOUND: passing('A node of the image store could not be found.'),
  FABRIC_E_UPLOAD_SESSION_ID_CONFLICT: {
    what: 'The cluster holds this session id for another upload.',
    advice: `Find out who uses the same id twice. ${MEND_AND_RETRY}`,
  },
  FABRIC_E_UPLOAD_SESSION_RANGE_NOT_SATISFIABLE: {
    what: 'The cluster calls a range of the upload impossible, which it should say to an upload only.',
    advice: `Look at what stands between this app and the cluster. ${MEND_AND_RETRY}`,
  },
  FABRIC_E_GATEWAY_NOT_REACHABLE: passing('The gateway could not reach the cluster behind it.'),
  FABRIC_E_NOT_PRIMARY: passing('The image store was moving its primary replica to another node.'),
  FABRIC_E_NO_WRITE_QUORUM: passing('Too few replicas of the image store were up to write anything.'),
  FABRIC_E_NOT_READY: passing('The image store was not ready yet.'),
  FABRIC_E_RECONFIGURATION_PENDING: passing('The replicas of the image store were being rearranged.'),
  FABRIC_E_REPLICATION_QUEUE_FULL: {
    what: 'The image store could not keep up with copying its data to its replicas.',
    advice: `${BY_ITSELF} If it stays, lower SWEEP_CONCURRENCY, and look for a slow node.`,
  },
  FABRIC_E_SERVICE_TOO_BUSY: {
    what: 'The image store had too much to do.',
    advice: `${BY_ITSELF} If it stays, lower SWEEP_CONCURRENCY.`,
  },
  FABRIC_E_SERVICE_OFFLINE: passing('The image store was down.'),
  FABRIC_E_OBJECT_CLOSED: passing('The image store was just being closed.'),
  E_ABORT: passing('The cluster broke the work off.'),
  FABRIC_E_CONNECTION_CLOSED_BY_REMOTE_END: passing('A connection inside the cluster was cut.'),
  FABRIC_E_TIMEOUT: {
    what: 'The cluster ran out of time; it may have deleted the session all the same.',
    advice: `${BY_ITSELF} If it stays, raise CLUSTER_TIMEOUT, and look for slow disks of the image store's nodes.`,
  },
  FABRIC_E_COMMUNICATION_ERROR: passing('The nodes of the cluster could not talk to each other.'),
  FABRIC_E_OPERATION_NOT_COMPLETE: passing('The cluster had not finished in its time.'),
};

/** How this app names a failure for which the cluster gave no code. */
const BY_KIND: Record<FabricRequestErrorKind | 'clockSkew', ErrorAdvice> = {
  notFound: {
    what: 'The cluster knows no such upload session: it was committed, expired or deleted before.',
    advice: 'Nothing: there is nothing left to clean up.',
  },
  invalidRequest: {
    what: 'The gateway refuses the request itself.',
    advice: `Check that CLUSTER_ENDPOINTS names the HTTP gateway endpoint (port 19080 as a rule). ${MEND_AND_RETRY}`,
  },
  accessDenied: {
    what: 'Our credentials were refused before the cluster was asked: in the TLS handshake, or no token could be obtained.',
    advice: CHECK_CREDENTIALS,
  },
  conflict: { what: 'The cluster reports a conflict.', advice: MEND_AND_RETRY },
  busy: passing('The cluster asked for patience.'),
  unavailable: passing('The image store could not be found, though something answered.'),
  timedOut: {
    what: 'No answer came in time; the cluster may have deleted the session all the same.',
    advice: `${BY_ITSELF} If it stays, check the way to the cluster, or raise CLUSTER_TIMEOUT.`,
  },
  serverError: passing('The cluster failed with an error of its own.'),
  unexpectedAnswer: {
    what: "What answered is not a cluster's gateway, or not as one answers: a proxy's page, a redirect, another port.",
    advice: 'Check CLUSTER_ENDPOINTS (scheme and port too), and what stands between this app and the cluster.',
  },
  foreignAnswer: {
    what: 'Something before the cluster refused the request: a proxy, a load balancer or HTTP.sys. The image store did not answer.',
    advice: 'Check CLUSTER_ENDPOINTS and what stands between this app and the cluster. No session is charged for it.',
  },
  tooLate: {
    what: 'The DELETE could not leave within two seconds of the look-up before it, so it was not sent.',
    advice: 'The next sweep tries again. If it repeats, lower SWEEP_CONCURRENCY, and check the latency to the cluster.',
  },
  unreachable: {
    what: 'No answer came: nothing listens there, the connection was cut, or the server is not the expected one.',
    advice: 'Check that the cluster is up, CLUSTER_ENDPOINTS, the network between, and the CLUSTER_SERVER_ settings.',
  },
  aborted: {
    what: 'The call was given up: the app was shutting down, or its time was over.',
    advice: 'Nothing: the next sweep tries again.',
  },
  clockSkew: {
    what: 'The clocks are too far apart to tell a stale upload from a live one.',
    advice: 'Set the clocks right; MAX_CLOCK_SKEW says how far they may be apart.',
  },
};

/** Where the status tells more than the kind. */
const BY_KIND_AND_STATUS: Record<string, ErrorAdvice> = {
  'accessDenied 401': { what: 'The cluster did not accept our credentials.', advice: CHECK_CREDENTIALS },
  'accessDenied 403': {
    what: 'The cluster knows us and denies us access: the Admin role is missing, or a client certificate.',
    advice: CHECK_CREDENTIALS,
  },
  'busy 429': {
    what: 'A proxy or load balancer before the cluster asked us to slow down.',
    advice: `${BY_ITSELF} If it stays, lower SWEEP_CONCURRENCY.`,
  },
};

/** Of a code that has no words of its own. */
function byStatus(httpStatus: number): ErrorAdvice {
  if (httpStatus === 401) return { what: 'The cluster did not accept our credentials.', advice: CHECK_CREDENTIALS };
  if (httpStatus === 403) return { what: 'The cluster denied us access.', advice: CHECK_CREDENTIALS };
  if (httpStatus === 408 || httpStatus === 504) return BY_KIND.timedOut;
  if (httpStatus === 409) return BY_KIND.conflict;
  if (httpStatus === 429 || httpStatus === 503) return BY_KIND.busy;
  if (httpStatus === 404 || httpStatus === 502) return BY_KIND.unavailable;
  if (httpStatus < 400) return BY_KIND.unexpectedAnswer;
  return httpStatus < 500 ? BY_KIND.invalidRequest : BY_KIND.serverError;
}
