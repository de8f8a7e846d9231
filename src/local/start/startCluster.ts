import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseEnv } from 'node:util';
import type { Child, ChildOptions } from '../childProcess.ts';
import { ClusterControl } from '../cluster/clusterControl.ts';
import type { GatewayCredentials } from '../cluster/gatewayTransport.ts';
import { SECRET_FILES, type SecuredBy } from '../cluster/makeSecurity.ts';

/** The simulated cluster in a process of its own, and how to get into it. */
export interface StartedCluster {
  gateway: string;
  control: ClusterControl;
  /** Its control listener. */
  controlEndpoint: string;
  /** Where its chunks are. */
  folder: string;
  /** Of the uploaders; undefined: the cluster is not secured. */
  credentials: GatewayCredentials | undefined;
  /** App settings for the app. Some are secret. */
  settings: Record<string, string>;
  /** For people: how the app authenticates, and how it knows the server. */
  wayIn: string[];
}

/** Starts a part in a process of its own. */
export type StartPart = (script: string, options: ChildOptions) => Promise<Child>;

/** All that says how to get into a cluster: what a developer's own environment may hold must not interfere. */
const NO_WAY_IN = {
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
 * Starts the simulated cluster, and the identity endpoint where the app comes with tokens.
 *
 * @param secured - how the cluster is secured; undefined: it isn't
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
    const settings = { ...NO_WAY_IN, CLUSTER_ENDPOINTS: gateway };
    return { ...common, credentials: undefined, settings, wayIn: ['not secured'] };
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
    // Uploaders come with a certificate, also where the app comes with tokens: those have a port of their own.
    credentials: { ca, cert: admin, key: admin },
    settings: { ...NO_WAY_IN, ...given, ...identity?.settings },
    wayIn: [own, `server certificate ${subjectOf(ca)}, by its thumbprint`],
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
