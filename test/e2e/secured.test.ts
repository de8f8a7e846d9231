import { randomUUID } from 'node:crypto';
import { TableServiceClient } from '@azure/data-tables';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CertificateWithKey, makeCertificate } from '../../src/local/certificates/makeCertificate.ts';
import { SecretFolder } from '../../src/local/certificates/secretFolder.ts';
import type { Child } from '../../src/local/childProcess.ts';
import { type SimulatedCluster, startSimulatedCluster } from '../../src/local/cluster/simulatedCluster.ts';
import { Upload } from '../../src/local/cluster/uploader.ts';
import { type IdentityEndpoint, startIdentityEndpoint } from '../../src/local/identity/identityEndpoint.ts';
import { CLIENT_APPLICATION, CLUSTER_APPLICATION, TENANT } from '../../src/local/identity/tenant.ts';
import { type StorageEmulator, startStorageEmulator } from '../../src/local/storage/azurite.ts';
import { runNow, startHost, tableSettings, until } from '../support/app.ts';
import { allRows, testTables } from '../support/tables.ts';
import { useSecret } from '../support/transcript.ts';

const PASSWORD = `password-${randomUUID()}`;

let folder: SecretFolder;
let identity: IdentityEndpoint;
let cluster: SimulatedCluster;
let server: CertificateWithKey;
let admin: CertificateWithKey;
let reader: CertificateWithKey;
let files: Record<'admin' | 'reader' | 'expired', string>;

/** The output of all parts of the app: logs, answers, tables. */
const said: string[] = [];

beforeAll(async () => {
  folder = await SecretFolder.make('secured-app-');
  let expired: CertificateWithKey;
  [server, admin, reader, expired] = await Promise.all([
    makeCertificate({ commonName: 'cluster', altNames: ['127.0.0.1'] }),
    makeCertificate({ commonName: 'admin', validTo: new Date(Date.now() + 5 * 86_400_000) }),
    makeCertificate({ commonName: 'reader' }),
    makeCertificate({ commonName: 'expired', validFrom: new Date(0), validTo: new Date(86_400_000) }),
  ]);
  const write = (name: string, { cert, key }: CertificateWithKey) => folder.write(name, cert + key);
  files = {
    admin: await write('admin.pem', admin),
    reader: await write('reader.pem', reader),
    expired: await write('expired.pem', expired),
  };
  identity = await startIdentityEndpoint();
  for (const secret of [PASSWORD, identity.secret, ...keyLines()]) useSecret(secret);
  cluster = await startSimulatedCluster({
    security: {
      server,
      clients: { admin: { thumbprints: [admin.thumbprint] }, user: { thumbprints: [reader.thumbprint] } },
      entra: {
        tenant: TENANT,
        clusterApplication: CLUSTER_APPLICATION,
        clientApplication: CLIENT_APPLICATION,
        publicKey: identity.publicKey,
      },
    },
  });
});
afterAll(async () => {
  await Promise.all([cluster.close(), identity.close(), folder.remove()]);
});

/** The private keys, line by line. */
const keyLines = () => [server, admin, reader].flatMap(({ key }) => key.split('\n').filter((line) => line.length > 40));

const byCertificate = (file: string) => ({
  CLUSTER_AUTH: 'certificate',
  CLUSTER_CLIENT_CERTIFICATE: file,
  CLUSTER_CLIENT_CERTIFICATE_PASSWORD: PASSWORD,
});
const byToken = () => ({
  CLUSTER_AUTH: 'entra',
  CLUSTER_ENTRA_SCOPE: `${CLUSTER_APPLICATION}/.default`,
  IDENTITY_ENDPOINT: identity.endpoint,
  IDENTITY_HEADER: identity.secret,
});

/** Runs the app with these settings during `work`, and keeps its output. */
async function withApp<T>(
  settings: Record<string, string>,
  work: (url: string, host: Child) => Promise<T>,
): Promise<T> {
  const tables = testTables();
  const host = await startHost({
    CLUSTER_ENDPOINTS: cluster.endpoint,
    CLUSTER_SERVER_THUMBPRINTS: server.thumbprint,
    ...tableSettings(tables),
    ...settings,
  });
  try {
    return await work(host.ready[1] ?? '', host);
  } finally {
    await host.stop();
    for (const table of [tables.sessions, tables.outcomes, tables.runs]) {
      const rows = await allRows(table).catch(() => []);
      said.push(JSON.stringify(rows, (_, value) => (typeof value === 'bigint' ? String(value) : value)));
    }
    said.push(host.output());
  }
}

async function remove(url: string, id: string = randomUUID()): Promise<{ status: number; text: string }> {
  const answer = await fetch(`${url}/api/upload-sessions/${id}`, { method: 'DELETE' });
  const text = await answer.text();
  said.push(text);
  return { status: answer.status, text };
}

async function upload(): Promise<string> {
  const credentials = { ca: server.cert, cert: admin.cert, key: admin.key };
  const one = new Upload(
    cluster.endpoint,
    { storeRelativePath: 'App/a.zip', fileSizeBytes: 8, chunkSizeBytes: 4 },
    credentials,
  );
  await one.uploadChunks(one.chunks.slice(0, 1));
  return one.sessionId;
}

describe('the app at a secured cluster', () => {
  it.each([
    ['a client certificate', () => byCertificate(files.admin)],
    ['a token of its managed identity', byToken],
  ])('deletes a session with %s', async (_, settings) => {
    const id = await upload();

    const { status, text } = await withApp(settings(), (url) => remove(url, id));

    expect([status, JSON.parse(text).outcome]).toEqual([200, 'deleted']);
  });

  it('warns at the start, and in health, about a certificate that expires within 30 days', async () => {
    const [log, health] = await withApp(byCertificate(files.admin), async (url, host) => {
      const answer = await fetch(`${url}/api/health/details`);
      const warning = await until(() => /Warning: .*/.exec(host.output())?.[0]);
      return [warning, await answer.json()];
    });

    expect(log).toMatch(/Warning: The client certificate .*expires in [45] days/);
    expect(health).toMatchObject({
      status: 'up',
      checks: expect.arrayContaining([
        { name: 'settings', status: 'warning', detail: expect.stringMatching(/expires in [45] days/) },
      ]),
    });
  });

  it.each([
    [
      'a certificate without the Admin role',
      () => byCertificate(files.reader),
      502,
      /denies access to the client certificate CN=reader .*admin/i,
    ],
    ['an expired certificate', () => byCertificate(files.expired), 500, /expired/],
    ['a path that names no file', () => byCertificate('/nowhere/at-all.pem'), 500, /CLUSTER_CLIENT_CERTIFICATE/],
    [
      'a server other than the expected one',
      () => ({ ...byCertificate(files.admin), CLUSTER_SERVER_THUMBPRINTS: 'AB'.repeat(20) }),
      503,
      /ABABAB/,
    ],
    [
      'a self-signed server that is not pinned',
      () => ({ ...byCertificate(files.admin), CLUSTER_SERVER_THUMBPRINTS: '' }),
      503,
      /CLUSTER_SERVER_THUMBPRINTS|trust/,
    ],
    ['an identity endpoint that refuses', () => ({ ...byToken(), IDENTITY_HEADER: 'wrong' }), 502, /token/i],
    [
      'http, which would send a token unencrypted',
      () => ({ ...byToken(), CLUSTER_ENDPOINTS: 'http://127.0.0.1:19080' }),
      500,
      /unencrypted/,
    ],
  ])('reports the error for %s', async (_, settings, status, why) => {
    const answer = await withApp({ ...settings(), CLUSTER_TIMEOUT: '2' }, (url) => remove(url));

    expect(answer.text).toMatch(why);
    expect(answer.status).toBe(status);
  });

  it('reports a token without the role Admin, and fails the sweep without charging a session', async () => {
    await identity.control.behave({ roles: ['ReadOnly'], keepsTokens: false });
    try {
      const { status, text } = await withApp(byToken(), async (url, host) => {
        await runNow(url, 'sweepStaleSessions');
        await until(() => (/Executed 'Functions.sweepStaleSessions'/.test(host.output()) ? true : undefined));
        return remove(url);
      });

      expect(status).toBe(502);
      expect(text).toMatch(/Admin/);
    } finally {
      await identity.control.reset();
    }
  });

  it('opens its tables with its managed identity and without a key', async () => {
    const own = await makeCertificate({ commonName: 'storage', altNames: ['127.0.0.1'] });
    const tls = { cert: await folder.write('storage.pem', own.cert), key: await folder.write('storage.key', own.key) };
    const emulator: StorageEmulator = await startStorageEmulator({ tls });
    try {
      const [, uri = ''] = /TableEndpoint=([^;]+)/.exec(emulator.connectionString) ?? [];

      const { status } = await withApp(
        {
          ...byToken(),
          SESSION_STORAGE: 'Sessions',
          Sessions__tableServiceUri: uri,
          Sessions__credential: 'managedidentity',
          NODE_EXTRA_CA_CERTS: tls.cert,
        },
        (url) => remove(url),
      );

      expect(status).toBe(200);
      const rows: unknown[] = [];
      for await (const { name } of listTables(emulator, own.cert)) rows.push(name);
      expect(rows).toHaveLength(2);
    } finally {
      await emulator.process.stop();
    }
  });

  it('has not output a password, a key, a token or an identity header in any of these tests', () => {
    const everything = said.join('\n');

    expect(everything.length).toBeGreaterThan(5000);
    expect(keyLines().length).toBeGreaterThan(30);
    for (const secret of [PASSWORD, identity.secret, ...keyLines(), 'eyJ', 'AccountKey', 'PRIVATE KEY', 'Bearer ']) {
      expect(everything.includes(secret)).toBe(false);
    }
  });
});

async function* listTables(emulator: StorageEmulator, ca: string) {
  yield* TableServiceClient.fromConnectionString(emulator.connectionString, { tlsOptions: { ca } }).listTables();
}
