import { isNativeError } from 'node:util/types';
import type { FabricRequestError } from '../cleanup/model/fabricRequestError.ts';
import { STOP_REASONS } from '../cleanup/model/stopReason.ts';
import type { Settings } from '../settings/settings.ts';
import { isIdentityError } from '../storage/storageFailure.ts';
import { storageErrorCode } from '../storage/table.ts';
import { errorAdvice } from './errorAdvice.ts';

/** How to fix a part that fails a check: which setting to check, or what to change on the cluster. */

/** Advice by Node's code for a failed connection. The patterns are tried in this order. */
const CONNECTION: [RegExp, string][] = [
  [
    /^ERR_SERVER_IDENTITY$/,
    'If this is the certificate of your cluster, add its thumbprint to CLUSTER_SERVER_THUMBPRINTS, its name to ' +
      'CLUSTER_SERVER_COMMON_NAMES, or its private authority to CLUSTER_CA. If it has expired, renew it on the cluster. ' +
      'If it is not, check CLUSTER_ENDPOINTS and what is between this app and the cluster.',
  ],
  [
    /^(ENOTFOUND|EAI_AGAIN)$/,
    'Check the host name in CLUSTER_ENDPOINTS, and that this machine can resolve the names of the cluster’s network.',
  ],
  [
    /^ECONNREFUSED$/,
    'Check the port in CLUSTER_ENDPOINTS (the HTTP gateway usually listens on 19080), and that the cluster is up.',
  ],
  [
    /^(ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/,
    'Check CLUSTER_ENDPOINTS, and that firewalls and network security groups let this machine reach that port.',
  ],
  [
    /^(EPROTO$|ERR_SSL_)/,
    'Check that CLUSTER_ENDPOINTS has the right scheme and port: http for a cluster that is not secured. TLS 1.2 or later is required.',
  ],
];

const WRONG_ENDPOINT =
  'Check that CLUSTER_ENDPOINTS names the HTTP gateway endpoint (usually port 19080) with the right scheme (a secured ' +
  'cluster requires https), and that no proxy is in between.';

const UNHEALTHY_CLUSTER =
  'Check the cluster: its image store service must be up. The failure may be temporary, so try again.';

/** Advice for a cluster that did not answer as expected. */
export function clusterAdvice(error: FabricRequestError, settings: Settings): string {
  const { kind, code, httpStatus } = error;
  if (kind === 'accessDenied') return credentialsAdvice(error, settings);
  // As the answer to a probe, this code is not about one session.
  if (code === 'E_INVALIDARG') return STOP_REASONS.unsupportedCluster.advice ?? WRONG_ENDPOINT;
  // A FabricErrorCode has the same advice everywhere.
  if (code !== undefined) return errorAdvice({ errorCode: code, httpStatus }).advice;
  switch (kind) {
    case 'unreachable': {
      const code = nodeCodeOf(error.cause);
      return CONNECTION.find(([pattern]) => pattern.test(code))?.[1] ?? WRONG_ENDPOINT;
    }
    case 'unexpectedAnswer':
    case 'foreignAnswer':
    case 'unavailable':
    case 'invalidRequest':
      return WRONG_ENDPOINT;
    case 'notFound':
    case 'conflict':
    case 'busy':
    case 'timedOut':
    case 'serverError':
    case 'tooLate':
    case 'aborted':
      return UNHEALTHY_CLUSTER;
  }
}

function credentialsAdvice({ requestId, httpStatus, code }: FabricRequestError, { cluster }: Settings): string {
  const otherCluster = cluster.id && code ? ' Check CLUSTER_ID too: a cluster with another id rejects every call.' : '';
  const { entra, clientCertificate } = cluster.access;
  if (entra && requestId === undefined) {
    return (
      'Check that this machine has an Entra identity: in Azure the managed identity of the app ' +
      '(CLUSTER_ENTRA_CLIENT_ID for a user-assigned one), elsewhere a developer’s sign-in such as az login. Check CLUSTER_ENTRA_SCOPE.'
    );
  }
  if (entra && httpStatus === undefined) {
    return "Set CLUSTER_ENDPOINTS to the cluster's port for token authentication (httpGatewayTokenAuthEndpointPort), or set CLUSTER_AUTH to certificate.";
  }
  if (entra) {
    return `Assign the identity the app role Admin on the cluster application; this can take hours to take effect. Check CLUSTER_ENTRA_SCOPE.${otherCluster}`;
  }
  if (clientCertificate) {
    return (
      'Make the certificate an admin client of the cluster, by its thumbprint or its name, or set another one in ' +
      `CLUSTER_CLIENT_CERTIFICATE.${otherCluster}`
    );
  }
  return `The cluster is secured: set CLUSTER_AUTH to certificate or entra, and the settings that it requires.${otherCluster}`;
}

const CONNECTION_SETTING = 'the connection that SESSION_STORAGE names (AzureWebJobsStorage by default)';

/** Advice for storage that can't be used. */
export function storageAdvice(error: unknown, { storage: { connection } }: Settings): string {
  const status = isNativeError(error) && 'statusCode' in error ? error.statusCode : undefined;
  const code = storageErrorCode(error) ?? nodeCodeOf(error);
  const isLocal = 'connectionString' in connection && /UseDevelopmentStorage=true/i.test(connection.connectionString);
  if (isLocal && status === undefined) return 'Start the storage emulator: npm run storage.';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return `Check the account name in ${CONNECTION_SETTING}, and that this machine can resolve it.`;
  }
  if (isIdentityError(error)) {
    return `Check the identity: __credential and __clientId of ${CONNECTION_SETTING}.`;
  }
  const isRefused = status === 401 || status === 403;
  if (isRefused && 'connectionString' in connection) {
    return (
      `The key or signature is wrong, was renewed or has expired, the clock of this machine is wrong, or a firewall blocks this app. Check ` +
      `${CONNECTION_SETTING}.`
    );
  }
  if (isRefused) {
    return 'Give the identity the role Storage Table Data Contributor on the storage account, and check that its firewall allows this app.';
  }
  return `Check ${CONNECTION_SETTING}, that the storage account is up, and that this machine can reach its table service.`;
}

function nodeCodeOf(error: unknown): string {
  return isNativeError(error) && 'code' in error ? String(error.code) : '';
}
