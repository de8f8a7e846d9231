import { type ClientCertificate, loadClientCertificate } from '../imageStore/clientCertificate.ts';
import type { EntraAccess } from '../imageStore/entraGateways.ts';
import { parseEntraScope } from '../imageStore/entraScope.ts';
import { parseGatewayEndpoint } from '../imageStore/gatewayEndpoint.ts';
import { loadCa, parseCommonNames, parseThumbprints, type ServerIdentity } from '../imageStore/serverIdentity.ts';
import { attempt } from './attempt.ts';

/** How the app gets into the cluster, and how it knows the cluster's servers. */
export interface ClusterAccess {
  endpoints: URL[];
  clientCertificate?: ClientCertificate;
  entra?: EntraAccess;
  serverIdentity: ServerIdentity;
}

const WAYS_IN = ['none', 'certificate', 'entra'];

const APPLICATION_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Reads all settings about the way into the cluster; certificates are loaded and checked.
 *
 * @param get - a setting's trimmed value; none when it is missing or empty
 * @param faults - takes each fault, as a sentence
 */
export function readClusterAccess(get: (name: string) => string | undefined, faults: string[]): ClusterAccess {
  const fault = (name: string, what: string) => faults.push(`${name} ${what}.`);
  /** Reads a setting that may be missing with a reader that says what is wrong. */
  const read = <T extends object>(name: string, reader: (text: string) => T | { error: string }): T | undefined => {
    const value = get(name);
    const result = value === undefined ? undefined : attempt(() => reader(value));
    if (result && 'error' in result) fault(name, result.error);
    return result && !('error' in result) ? result : undefined;
  };

  const auth = (get('CLUSTER_AUTH') ?? 'none').toLowerCase();
  if (!WAYS_IN.includes(auth))
    fault('CLUSTER_AUTH', `is ${JSON.stringify(auth.slice(0, 80))}, but must be none, certificate or entra`);

  const endpoints: URL[] = [];
  const text = get('CLUSTER_ENDPOINTS') ?? '';
  // A comma may stand in a password or a query: what follows one of these is not an endpoint, and may be a secret.
  const parts = (text.includes('@') ? [text] : text.split(',')).map((part) => part.trim());
  for (const part of parts.filter((one) => one !== '')) {
    const parsed = attempt(() => parseGatewayEndpoint(part, auth !== 'none'));
    if ('error' in parsed) fault('CLUSTER_ENDPOINTS', parsed.error);
    else endpoints.push(parsed.endpoint);
    if (/[?#;=&%]/.test(part)) break;
  }
  if (parts.every((part) => part === '')) {
    fault('CLUSTER_ENDPOINTS', 'is missing, but must name the HTTP gateway, such as http://localhost:19080');
  }

  const serverIdentity: ServerIdentity = {
    ...read('CLUSTER_CA', loadCa),
    ...read('CLUSTER_SERVER_THUMBPRINTS', parseThumbprints),
    ...read('CLUSTER_SERVER_COMMON_NAMES', parseCommonNames),
  };
  const issuers = read('CLUSTER_SERVER_ISSUER_THUMBPRINTS', parseThumbprints);
  if (issuers) serverIdentity.issuerThumbprints = issuers.thumbprints;
  if (issuers && get('CLUSTER_SERVER_COMMON_NAMES') === undefined) {
    fault(
      'CLUSTER_SERVER_ISSUER_THUMBPRINTS',
      'says who issues, but CLUSTER_SERVER_COMMON_NAMES, which it goes with, is missing',
    );
  }
  // A pin that is never looked at would be a false comfort.
  const inTheClear = endpoints.filter(({ protocol }) => protocol === 'http:');
  if (Object.keys(serverIdentity).length > 0 && inTheClear.length > 0) {
    fault('CLUSTER_ENDPOINTS', 'has an http endpoint, which shows no certificate to check; use https');
  }

  const access: ClusterAccess = { endpoints, serverIdentity };
  if (auth === 'certificate') {
    const loaded = read('CLUSTER_CLIENT_CERTIFICATE', (value) =>
      loadClientCertificate(value, get('CLUSTER_CLIENT_CERTIFICATE_PASSWORD')),
    );
    if (loaded) access.clientCertificate = loaded.certificate;
    if (get('CLUSTER_CLIENT_CERTIFICATE') === undefined) {
      fault(
        'CLUSTER_CLIENT_CERTIFICATE',
        'is missing, but must hold a certificate with its key: PEM or PFX, a path or base64',
      );
    }
  }
  if (auth === 'entra') {
    const clientId = get('CLUSTER_ENTRA_CLIENT_ID');
    if (clientId !== undefined && !APPLICATION_ID.test(clientId)) {
      fault('CLUSTER_ENTRA_CLIENT_ID', 'must be the client id of a managed identity, a GUID');
    }
    const scope = read('CLUSTER_ENTRA_SCOPE', parseEntraScope);
    if (scope) access.entra = { ...scope, ...(clientId ? { clientId } : {}) };
    if (get('CLUSTER_ENTRA_SCOPE') === undefined) {
      fault(
        'CLUSTER_ENTRA_SCOPE',
        "is missing, but must hold the application id or id URI of the cluster's app registration, such as " +
          '6f9619ff-8b86-d011-b42d-00c04fc964ff/.default',
      );
    }
  }
  return access;
}
