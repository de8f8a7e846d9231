import { createPublicKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type CertificateWithKey, makeCertificate } from '../certificates/makeCertificate.ts';
import { SecretFolder } from '../certificates/secretFolder.ts';
import { CLIENT_APPLICATION, CLUSTER_APPLICATION, TENANT } from '../identity/tenant.ts';
import type { ClusterSecurity } from './clusterSecurity.ts';

/** How clients authenticate to a secured cluster. */
export const AUTHENTICATION = ['certificate', 'entra'] as const;
export type SecuredBy = (typeof AUTHENTICATION)[number];

/** The security of a cluster, created at its start, and the files for its clients. */
export interface MadeSecurity {
  security: ClusterSecurity;
  /** Contains the certificates and keys. The caller must remove it. */
  folder: SecretFolder;
  /** Writes the app settings for authenticating to the cluster. @returns the path of the `.env` file */
  writeSettings(cluster: { endpoint: string; tokenEndpoint?: string }): Promise<string>;
}

/** The names of the files in the folder. */
export const SECRET_FILES = {
  /** The server's certificate. */
  server: 'server.pem',
  /** An administrator's certificate and key. */
  admin: 'admin.pem',
  /** A read-only client's certificate and key. */
  readOnly: 'read-only.pem',
} as const;

/**
 * Creates the certificates of a cluster: a self-signed server certificate, as most clusters have, one for an administrator and one for a
 * read-only client, each accepted by its thumbprint.
 *
 * @param tokenKeyFile - the key that verifies tokens, PEM; required with `entra`
 * @param how - the rest of the cluster's security
 * @throws Error if the options contradict each other
 */
export async function makeSecurity(
  by: SecuredBy,
  tokenKeyFile: string | undefined,
  how: Pick<ClusterSecurity, 'asksForCertificate' | 'exclusive' | 'tlsVersions'> = {},
): Promise<MadeSecurity> {
  if (by === 'entra' && tokenKeyFile === undefined) throw new Error('--secured entra needs --entra-key FILE.');
  if (how.exclusive && by !== 'entra') throw new Error('--exclusive needs --secured entra.');
  const entra = tokenKeyFile !== undefined &&
    by === 'entra' && {
      tenant: TENANT,
      clusterApplication: CLUSTER_APPLICATION,
      clientApplication: CLIENT_APPLICATION,
      publicKey: createPublicKey(await readFile(tokenKeyFile)),
    };
  const [server, admin, readOnly] = await Promise.all([
    makeCertificate({ commonName: 'simulated-cluster', altNames: ['localhost', '127.0.0.1'] }),
    makeCertificate({ commonName: 'upload-session-sweeper' }),
    makeCertificate({ commonName: 'read-only-client' }),
  ]);
  const folder = await SecretFolder.make('simulated-cluster-clients-');
  const withKey = ({ cert, key }: CertificateWithKey) => cert + key;
  const [, adminFile] = await Promise.all([
    folder.write(SECRET_FILES.server, server.cert),
    folder.write(SECRET_FILES.admin, withKey(admin)),
    folder.write(SECRET_FILES.readOnly, withKey(readOnly)),
  ]);
  return {
    security: {
      server,
      clients: { admin: { thumbprints: [admin.thumbprint] }, user: { thumbprints: [readOnly.thumbprint] } },
      ...(entra && { entra }),
      ...how,
    },
    folder,
    writeSettings: ({ endpoint, tokenEndpoint }) =>
      folder.writeSettings('client.env', {
        CLUSTER_ENDPOINTS: (by === 'entra' && tokenEndpoint) || endpoint,
        CLUSTER_AUTH: by,
        CLUSTER_SERVER_THUMBPRINTS: server.thumbprint,
        ...(by === 'certificate' && { CLUSTER_CLIENT_CERTIFICATE: adminFile }),
        ...(by === 'entra' && { CLUSTER_ENTRA_SCOPE: `${CLUSTER_APPLICATION}/.default` }),
      }),
  };
}
