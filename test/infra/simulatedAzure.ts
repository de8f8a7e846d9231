import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { SecretFolder } from '../../src/local/certificates/secretFolder.ts';
import type { ClusterSecurity } from '../../src/local/cluster/clusterSecurity.ts';
import { type SimulatedCluster, startSimulatedCluster } from '../../src/local/cluster/simulatedCluster.ts';
import { startIdentityEndpoint } from '../../src/local/identity/identityEndpoint.ts';
import { CLIENT_APPLICATION, STORAGE_RESOURCE, TENANT } from '../../src/local/identity/tenant.ts';
import { startStorageEmulator } from '../../src/local/storage/azurite.ts';
import { makeCertificate, makePfx } from '../imageStore/certificates.ts';
import { startAzureMonitorEndpoint } from '../support/azureMonitorEndpoint.ts';
import { useSecret } from '../support/transcript.ts';
import { appSettings, CLIENT_ID, INSTRUMENTATION_KEY, type WayIn } from './snapshot.ts';

const MONITOR_RESOURCE = 'https://monitor.azure.com';

/** What stands in for the resources of a deployment: they accept the tokens of its identity, and no key. */
export type SimulatedAzure = Awaited<ReturnType<typeof startSimulatedAzure>>;

/** A deployment as its app finds it. */
export interface Deployed {
  /** The app settings of the snapshot. Only values that name Azure's own places and certificates are replaced. */
  settings: Record<string, string>;
  /** What the platform adds. */
  platform: Record<string, string>;
  cluster: SimulatedCluster;
  /** Of an uploader. */
  credentials: { ca: string; cert: string; key: string } | undefined;
}

/** Starts storage over TLS, an identity endpoint that knows only the identity of the snapshots, and an ingestion endpoint. */
export async function startSimulatedAzure() {
  const folder = await SecretFolder.make('simulated-azure-');
  const own = makeCertificate({ commonName: 'storage', altNames: ['127.0.0.1'] });
  const tls = { cert: await folder.write('storage.pem', own.cert), key: await folder.write('storage.key', own.key) };
  const storage = await startStorageEmulator({ tls });
  const monitor = await startAzureMonitorEndpoint(INSTRUMENTATION_KEY, undefined, (header = '') =>
    header.startsWith('Bearer '),
  );
  const identity = await startIdentityEndpoint({
    clusterApplication: appSettings('entra')['CLUSTER_ENTRA_SCOPE'],
    resources: [STORAGE_RESOURCE, MONITOR_RESOURCE],
    userIdentities: [CLIENT_ID],
  });
  useSecret(identity.secret);
  const authority = makeCertificate({ commonName: 'authority', isCa: true });
  const admin = makeCertificate({ commonName: 'sweeper' });
  const trusted = [own.cert, authority.cert, await readFile(monitor.caFile, 'utf8')].join('\n');
  const platform = {
    IDENTITY_ENDPOINT: identity.endpoint,
    IDENTITY_HEADER: identity.secret,
    NODE_EXTRA_CA_CERTS: await folder.write('trusted.pem', trusted),
  };
  const clusters: SimulatedCluster[] = [];

  const addressOf = (service: string) => new RegExp(`${service}Endpoint=([^;]+)`).exec(storage.connectionString)?.[1];

  return {
    storage,
    storageCertificate: own.cert,
    identity,
    /** The names of the metrics that were sent. */
    metrics: () =>
      monitor.envelopes.flatMap(({ data }) =>
        ((data.baseData['metrics'] ?? []) as { name: string }[]).map(({ name }) => name),
      ),

    /** Starts the cluster of a deployment, and puts the places that exist here where the snapshot names Azure's. */
    async deploy(wayIn: WayIn): Promise<Deployed> {
      const settings = appSettings(wayIn);
      const commonName = settings['CLUSTER_SERVER_COMMON_NAMES'] || 'cluster';
      const server = makeCertificate({ commonName, altNames: ['127.0.0.1'], issuer: authority });
      const security: ClusterSecurity = {
        // With its issuer, which the app compares.
        server: { cert: `${server.cert}\n${authority.cert}`, key: server.key },
        clients: { admin: { thumbprints: [admin.thumbprint] } },
        entra: {
          tenant: TENANT,
          clusterApplication: settings['CLUSTER_ENTRA_SCOPE'] ?? randomUUID(),
          clientApplication: CLIENT_APPLICATION,
          publicKey: identity.publicKey,
        },
      };
      const cluster = await startSimulatedCluster(wayIn === 'none' ? {} : { security });
      clusters.push(cluster);
      const replaced: Record<string, string | undefined> = {
        AzureWebJobsStorage__blobServiceUri: addressOf('Blob'),
        AzureWebJobsStorage__queueServiceUri: addressOf('Queue'),
        AzureWebJobsStorage__tableServiceUri: addressOf('Table'),
        APPLICATIONINSIGHTS_CONNECTION_STRING: monitor.connectionString,
        CLUSTER_ENDPOINTS: cluster.endpoint,
        // As the platform does: a Key Vault certificate's secret is a PFX without a password, in base64.
        CLUSTER_CLIENT_CERTIFICATE: makePfx(admin).toString('base64'),
        CLUSTER_SERVER_THUMBPRINTS: server.thumbprint,
        CLUSTER_SERVER_ISSUER_THUMBPRINTS: authority.thumbprint,
      };
      const given = Object.entries(settings).map(([name, value]) => [name, value && (replaced[name] ?? value)]);
      return {
        settings: Object.fromEntries(given) as Record<string, string>,
        platform,
        cluster,
        credentials: wayIn === 'none' ? undefined : { ca: authority.cert, cert: admin.cert, key: admin.key },
      };
    },

    async close() {
      await Promise.all([...clusters.map((one) => one.close()), identity.close(), monitor.close()]);
      await storage.process.stop();
      await folder.remove();
    },
  };
}
