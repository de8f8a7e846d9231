import { GUID } from '../cleanup/model/guid.ts';
import { quotedSetting } from '../cleanup/model/quotedSetting.ts';
import { type ClientCertificate, loadClientCertificate } from '../imageStore/clientCertificate.ts';
import { CREDENTIALS_KINDS } from '../imageStore/credentialsKind.ts';
import type { EntraAccess } from '../imageStore/entraGateways.ts';
import { parseEntraScope } from '../imageStore/entraScope.ts';
import { parseGatewayEndpoint } from '../imageStore/gatewayEndpoint.ts';
import { loadCa, parseCommonNames, parseThumbprints, type ServerIdentity } from '../imageStore/serverIdentity.ts';
import type { GetSetting } from './getter.ts';
import { tryToRead } from './tryToRead.ts';

/** How the app authenticates to the cluster, and how it recognizes the cluster's servers. */
export interface ClusterAccess {
  endpoints: URL[];
  clientCertificate?: ClientCertificate;
  entra?: EntraAccess;
  serverIdentity: ServerIdentity;
}

/**
 * Reads all settings for connecting to the cluster. Certificates are loaded and checked.
 *
 * @param errors - receives each error, as a sentence
 */
export function readClusterAccess(get: GetSetting, errors: string[]): ClusterAccess {
  const addError = (name: string, what: string) => errors.push(`${name} ${what}.`);
  /** Reads an optional setting. */
  const read = <T extends object>(name: string, reader: (text: string) => T | { error: string }): T | undefined => {
    const value = get(name);
    const result = value === undefined ? undefined : tryToRead(() => reader(value));
    if (result && 'error' in result) addError(name, result.error);
    return result && !('error' in result) ? result : undefined;
  };

  const auth = (get('CLUSTER_AUTH') ?? 'none').toLowerCase();
  if (!CREDENTIALS_KINDS.some((kind) => kind === auth))
    addError('CLUSTER_AUTH', `is ${quotedSetting(auth)}, expected none, certificate or entra`);

  const endpoints: URL[] = [];
  const text = get('CLUSTER_ENDPOINTS') ?? '';
  // A password or a query can contain a comma. What follows it is then not an endpoint, and may be a secret.
  const parts = (text.includes('@') ? [text] : text.split(',')).map((part) => part.trim());
  for (const part of parts.filter((one) => one !== '')) {
    const parsed = tryToRead(() => parseGatewayEndpoint(part, auth !== 'none'));
    if ('error' in parsed) addError('CLUSTER_ENDPOINTS', parsed.error);
    else endpoints.push(parsed.endpoint);
    if (/[?#;=&%]/.test(part)) break;
  }
  if (parts.every((part) => part === '')) {
    addError('CLUSTER_ENDPOINTS', 'is missing; set it to the HTTP gateway, such as http://localhost:19080');
  }

  const serverIdentity: ServerIdentity = {
    ...read('CLUSTER_CA', loadCa),
    ...read('CLUSTER_SERVER_THUMBPRINTS', parseThumbprints),
    ...read('CLUSTER_SERVER_COMMON_NAMES', parseCommonNames),
  };
  const issuers = read('CLUSTER_SERVER_ISSUER_THUMBPRINTS', parseThumbprints);
  if (issuers) serverIdentity.issuerThumbprints = issuers.thumbprints;
  if (issuers && get('CLUSTER_SERVER_COMMON_NAMES') === undefined) {
    addError(
      'CLUSTER_SERVER_ISSUER_THUMBPRINTS',
      'has no effect without CLUSTER_SERVER_COMMON_NAMES, which is missing',
    );
  }
  // Over http no certificate is checked: a pinned one would only seem to protect.
  const isPlainHttp = endpoints.some(({ protocol }) => protocol === 'http:');
  if (Object.keys(serverIdentity).length > 0 && isPlainHttp) {
    addError('CLUSTER_ENDPOINTS', 'has an http endpoint, which has no certificate to check; use https');
  }

  const access: ClusterAccess = { endpoints, serverIdentity };
  if (auth === 'certificate') {
    const loaded = read('CLUSTER_CLIENT_CERTIFICATE', (value) =>
      loadClientCertificate(value, get('CLUSTER_CLIENT_CERTIFICATE_PASSWORD')),
    );
    if (loaded) access.clientCertificate = loaded.certificate;
    if (get('CLUSTER_CLIENT_CERTIFICATE') === undefined) {
      addError(
        'CLUSTER_CLIENT_CERTIFICATE',
        'is missing; set it to a certificate with its private key: PEM or PFX, as a path or in base64',
      );
    }
  }
  if (auth === 'entra') {
    const clientId = get('CLUSTER_ENTRA_CLIENT_ID');
    if (clientId !== undefined && !GUID.test(clientId)) {
      addError('CLUSTER_ENTRA_CLIENT_ID', 'is not a GUID, expected the client id of a managed identity');
    }
    const scope = read('CLUSTER_ENTRA_SCOPE', parseEntraScope);
    if (scope) access.entra = { ...scope, ...(clientId ? { clientId } : {}) };
    if (get('CLUSTER_ENTRA_SCOPE') === undefined) {
      addError(
        'CLUSTER_ENTRA_SCOPE',
        "is missing; set it to the application id or id URI of the cluster's app registration, such as " +
          '6f9619ff-8b86-d011-b42d-00c04fc964ff/.default',
      );
    }
  }
  return access;
}
