import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseEnv } from 'node:util';
import type { Child, ChildOptions } from '../childProcess.ts';
import { ClusterControl } from '../cluster/clusterControl.ts';
import type { GatewayCredentials } from '../cluster/gatewayTransport.ts';
import { SECRET_FILES, type SecuredBy } from '../cluster/makeSecurity.ts';

/** The simulated cluster in its own process, and how to authenticate to it. */
export interface StartedCluster {
  gateway: string;
  control: ClusterControl;
  /** Its control listener. */
  controlEndpoint: string;
  /** The folder with its chunks. */
  folder: string;
  /** The credentials of the uploaders; `undefined` if the cluster is not secured. */
  credentials: GatewayCredentials | undefined;
  /** App settings for the app. Some are secret. */
  settings: Record<string, string>;
  /** Describes how the app authenticates, and how it recognizes the server. */
  authentication: string[];
}

/** Starts a part in its own process. */
export type StartPart = (script: string, options: ChildOptions) => Promise<Child>;

/** Overrides all settings of authentication, since a developer's environment may contain some. */
const NO_AUTHENTICATION = {
  CLUSTER_AUTH: 'none',
  CLUSTER_CLIENT_CERTIFICATE: '',
  CLUSTER_CLIENT_CERTIFICATE_PASSWORD: '',
  CLUSTER_CLIENT_KEY: '',
  CLUSTER_SERVER_THUMBPRINTS: '',
  CLUSTER_SERVER_COMMON_NAMES: '',
  CLUSTER_SERVER_ISSUER_THUMBPRINTS: '',
  CLUSTER_CA: '',
  CLUSTER_ENTRA_SCOPE: '',
  CLUSTER_ENTRA_CLIENT_ID: '',
};

const CLUSTER_READY =
  /^Simulated cluster ready at (\S+) \(control (\S+), chunks in (.*?)(?:, client settings in (.*))?\)$/;
const IDENTITY_READY =
  /^Identity endpoint ready at \S+ \(control \S+, tokens checked with (.*), client settings in (.*)\)$/;

/**
 * Starts the simulated cluster, and the identity endpoint if the app authenticates with tokens.
 *
 * @param secured - how the cluster is secured; `undefined` for not at all
 */
export async function startCluster(
  port: string,
  secured: SecuredBy | undefined,
  start: StartPart,
): Promise<StartedCluster> {
  const identity = secured === 'entra' ? await startIdentity(start) : undefined;
  const cluster = await start('../cluster/main.ts', {
    args: [
      ...['--port', port],
      ...(secured ? ['--secured', secured] : []),
      ...(identity ? ['--entra-key', identity.tokenKey, '--exclusive'] : []),
    ],
    ready: CLUSTER_READY,
  });
  const [, gateway = '', controlEndpoint = '', folder = '', settingsFile] = cluster.ready;
  const common = { gateway, control: new ClusterControl(controlEndpoint), controlEndpoint, folder };
  if (settingsFile === undefined) {
    const settings = { ...NO_AUTHENTICATION, CLUSTER_ENDPOINTS: gateway };
    return { ...common, credentials: undefined, settings, authentication: ['not secured'] };
  }

  const clients = dirname(settingsFile);
  const [given, ca, admin] = await Promise.all([
    readSettings(settingsFile),
    readFile(join(clients, SECRET_FILES.server), 'utf8'),
    readFile(join(clients, SECRET_FILES.admin), 'utf8'),
  ]);
  const own =
    secured === 'entra'
      ? `token of the identity endpoint, at ${given['CLUSTER_ENDPOINTS']}`
      : `client certificate ${subjectOf(admin)}`;
  return {
    ...common,
    // Uploaders use a certificate even if the app uses tokens, which have another port.
    credentials: { ca, cert: admin, key: admin },
    settings: { ...NO_AUTHENTICATION, ...given, ...identity?.settings },
    authentication: [own, `server certificate ${subjectOf(ca)}, by its thumbprint`],
  };
}

async function startIdentity(start: StartPart): Promise<{ tokenKey: string; settings: Record<string, string> }> {
  const identity = await start('../identity/main.ts', { ready: IDENTITY_READY });
  const [, tokenKey = '', settingsFile = ''] = identity.ready;
  return { tokenKey, settings: await readSettings(settingsFile) };
}

async function readSettings(file: string): Promise<Record<string, string>> {
  const settings: Record<string, string | undefined> = parseEnv(await readFile(file, 'utf8'));
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, value ?? '']));
}

function subjectOf(pem: string): string {
  return new X509Certificate(pem).subject;
}
