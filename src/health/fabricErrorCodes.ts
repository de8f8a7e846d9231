import { STOP_REASONS } from '../cleanup/model/stopReason.ts';

/** The explanation of a failed cleanup, for an operator. */
export interface ErrorAdvice {
  /** What happened, as one sentence. */
  what: string;
  /** How to fix it. */
  advice: string;
}

export const USUALLY_PASSES = 'This usually passes without action.';
const CHECK_IMAGE_STORE =
  'If it continues, check the health of fabric:/System/ImageStoreService and its nodes in Service Fabric Explorer.';
export const CHECK_CREDENTIALS =
  'Check CLUSTER_AUTH and its certificate or identity, which needs the Admin role. This does not count as a failed attempt.';

/** The explanation for a cluster that is moving or restarting something. On a healthy cluster this passes without action. */
export const passing = (what: string): ErrorAdvice => ({ what, advice: `${USUALLY_PASSES} ${CHECK_IMAGE_STORE}` });

/** The same advice as for a sweep that ends for this reason. */
const UNSUPPORTED = STOP_REASONS.unsupportedCluster.advice ?? '';

export const NOT_FOUND: ErrorAdvice = {
  what: 'The cluster has no such upload session: it expired or was deleted before, or was never known to this cluster.',
  advice: 'No action: there is nothing left to clean up.',
};

/** The FabricErrorCodes that a gateway sends. @see Management/HttpTransport/HttpUtil.cpp of microsoft/service-fabric */
export const FABRIC_ERROR_CODES: Record<string, ErrorAdvice> = {
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
  NotFound: NOT_FOUND,
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
