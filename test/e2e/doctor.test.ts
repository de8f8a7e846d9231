import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newSessionId } from '../../src/cleanup/model/sessionId.ts';
import { STOP_REASONS } from '../../src/cleanup/model/stopReason.ts';
import { diagnose, type Finding } from '../../src/cli/doctor/diagnose.ts';
import { createApp } from '../../src/composition/app.ts';
import { errorAdvice } from '../../src/health/errorAdvice.ts';
import { makeCertificate } from '../../src/local/certificates/makeCertificate.ts';
import { SecretFolder } from '../../src/local/certificates/secretFolder.ts';
import { type SimulatedCluster, startSimulatedCluster } from '../../src/local/cluster/simulatedCluster.ts';
import { CLIENT_APPLICATION, CLUSTER_APPLICATION, TENANT } from '../../src/local/identity/tenant.ts';
import { readSettings } from '../../src/settings/settings.ts';
import { openTable } from '../../src/storage/table.ts';
import { tableSettings } from '../support/app.ts';
import { connection, type TestTables, testTables } from '../support/tables.ts';
import { useSecret } from '../support/transcript.ts';

const DAY = 86_400_000;
const PASSWORD = 'a-password-of-a-key';

let tables: TestTables;
let plain: SimulatedCluster;
let secured: SimulatedCluster;
let folder: SecretFolder;
let refused: string;
let pin: string;
let files: Record<'admin' | 'soon' | 'reader' | 'expired', string>;

beforeAll(async () => {
  tables = testTables();
  await Promise.all([tables.sessions, tables.outcomes, tables.runs].map((table) => table.createTable()));
  folder = await SecretFolder.make('doctor-');
  const [server, admin, soon, reader, expired] = await Promise.all([
    makeCertificate({ commonName: 'cluster', altNames: ['127.0.0.1'] }),
    makeCertificate({ commonName: 'admin', validTo: new Date(Date.now() + 90 * DAY) }),
    makeCertificate({ commonName: 'soon', validTo: new Date(Date.now() + 5 * DAY) }),
    makeCertificate({ commonName: 'reader' }),
    makeCertificate({ commonName: 'expired', validFrom: new Date(0), validTo: new Date(DAY) }),
  ]);
  const write = (name: string, { cert, key }: typeof server) => folder.write(`${name}.pem`, cert + key);
  files = {
    admin: await write('admin', admin),
    soon: await write('soon', soon),
    reader: await write('reader', reader),
    expired: await write('expired', expired),
  };
  pin = server.thumbprint;
  plain = await startSimulatedCluster({ clusterId: 'ours' });
  secured = await startSimulatedCluster({
    security: {
      server,
      clients: {
        admin: { thumbprints: [admin.thumbprint, soon.thumbprint] },
        user: { thumbprints: [reader.thumbprint] },
      },
    },
  });
  refused = await closedPort();
  useSecret(PASSWORD);
});
afterAll(() => Promise.all([plain?.close(), secured?.close(), folder?.remove()]));
beforeEach(async () => {
  await plain.control.clearFaults();
  await plain.control.setLinux(false);
  await plain.control.setClockOffset(0);
});

/** A port of this machine without a listener. */
async function closedPort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  return `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

async function examine(settings: Record<string, string>, now = new Date()) {
  const all = {
    AzureWebJobsStorage: connection.connectionString,
    CLUSTER_ENDPOINTS: plain.endpoint,
    ...tableSettings(tables),
    ...settings,
  };
  return diagnose(() => createApp(readSettings(all)), now);
}

/** The checks that are not ok, as `name status: detail advice`. */
async function complaints(settings: Record<string, string>): Promise<string[]> {
  const { checks } = await examine(settings);
  const told = ({ name, status, detail, advice }: Finding) => `${name} ${status}: ${detail} ${advice ?? ''}`;
  return checks.filter(({ name, status }) => status !== 'ok' && name !== 'timer' && name !== 'sessions').map(told);
}

const byCertificate = (file: string) => ({
  CLUSTER_ENDPOINTS: secured.endpoint,
  CLUSTER_SERVER_THUMBPRINTS: pin,
  CLUSTER_AUTH: 'certificate',
  CLUSTER_CLIENT_CERTIFICATE: file,
});

/** The storage's connection string with one changed part. */
const storage = (part: RegExp, other: string) => ({
  AzureWebJobsStorage: connection.connectionString.replace(part, other),
});

describe('the doctor', () => {
  it('reports that all is well, and how long each part took', async () => {
    const { status, checks } = await examine(byCertificate(files.admin));

    expect(status).toBe('up');
    expect(checks.map((check) => `${check.name} ${check.status}`)).toEqual([
      'settings ok',
      'sessionTable ok',
      'outcomeTable ok',
      'runTable ok',
      'cluster ok',
      'credentials ok',
      'certificate ok',
      'timer warning',
      'sessions ok',
    ]);
    expect(checks.slice(1, 6)).toEqual(
      Array.from({ length: 5 }, () => expect.objectContaining({ latencyMs: expect.any(Number) })),
    );
    expect(checks[6]?.detail).toMatch(/CN=admin \([0-9A-F]{40}\), until /);
    expect(checks[7]?.detail).toBe('No scheduled sweep recorded.');
  });

  it.each<[string, () => Record<string, string>, RegExp[]]>([
    ['no endpoint', () => ({ CLUSTER_ENDPOINTS: '' }), [/^settings failed: CLUSTER_ENDPOINTS is missing/]],
    ['no storage', () => ({ AzureWebJobsStorage: '' }), [/^settings failed: AzureWebJobsStorage is missing/]],
    [
      'an incomplete connection string',
      () => ({ AzureWebJobsStorage: 'AccountName=a' }),
      [/^settings failed: AzureWebJobsStorage has no AccountKey/],
    ],
    [
      'several errors at once',
      () => ({
        CLUSTER_AUTH: 'password',
        CLUSTER_ENDPOINTS: 'https://c:19080',
        STALE_AFTER: 'soon',
        SESSION_TABLE: 'a-b',
      }),
      [/CLUSTER_AUTH is "password"/, /SESSION_TABLE is "a-b"/, /STALE_AFTER is "soon"/],
    ],
    [
      'a missing certificate',
      () => byCertificate('/nowhere/admin.pem'),
      [/CLUSTER_CLIENT_CERTIFICATE names the file "\/nowhere\/admin.pem", which can't be read/],
    ],
    ['an expired certificate', () => byCertificate(files.expired), [/CLUSTER_CLIENT_CERTIFICATE .*expired on 1970/]],
    [
      'credentials over http',
      () => ({ ...byCertificate(files.admin), CLUSTER_ENDPOINTS: plain.endpoint }),
      [/CLUSTER_ENDPOINTS .*unencrypted/],
    ],
    [
      'a certificate that expires soon',
      () => byCertificate(files.soon),
      [/^certificate warning: .*expires in [45] days/],
    ],
    [
      'a cluster that is down',
      () => ({ CLUSTER_ENDPOINTS: `http://${refused}` }),
      [/^cluster failed: .*connection refused.*Check the port in CLUSTER_ENDPOINTS/, /^credentials skipped/],
    ],
    [
      'an unknown host name',
      () => ({ CLUSTER_ENDPOINTS: 'http://no-such-host.invalid:19080' }),
      [/^cluster failed: .*DNS.*Check the host name in CLUSTER_ENDPOINTS/, /^credentials skipped/],
    ],
    [
      'http to a secured cluster',
      () => ({ CLUSTER_ENDPOINTS: secured.endpoint.replace('https', 'http') }),
      [/^cluster failed: .*right scheme \(a secured cluster requires https\)/, /^credentials skipped/],
    ],
    [
      'https to a cluster that is not secured',
      () => ({ CLUSTER_ENDPOINTS: plain.endpoint.replace('http', 'https') }),
      [/^cluster failed: .*does not speak TLS.*http for a cluster that is not secured/, /^credentials skipped/],
    ],
    [
      'an untrusted server',
      () => ({ ...byCertificate(files.admin), CLUSTER_SERVER_THUMBPRINTS: '' }),
      [/^cluster failed: .*self-signed.*CLUSTER_SERVER_THUMBPRINTS/, /^credentials skipped/],
    ],
    [
      'a server other than the pinned one',
      () => ({ ...byCertificate(files.admin), CLUSTER_SERVER_THUMBPRINTS: 'AB'.repeat(20) }),
      [/^cluster failed: .*expected the thumbprint (AB){20}.*CLUSTER_SERVER_THUMBPRINTS/, /^credentials skipped/],
    ],
    [
      'no credentials for a secured cluster',
      () => ({ CLUSTER_ENDPOINTS: secured.endpoint, CLUSTER_SERVER_THUMBPRINTS: pin }),
      [/^credentials failed: .*set CLUSTER_AUTH to certificate or entra/],
    ],
    [
      'a certificate without the Admin role',
      () => byCertificate(files.reader),
      [/^credentials failed: .*CN=reader.*Make the certificate an admin client/],
    ],
    [
      'another cluster',
      () => ({ CLUSTER_ID: 'theirs' }),
      [/^credentials failed: .*id is not theirs.*Check CLUSTER_ID/],
    ],
    [
      'a storage that is down',
      () => storage(/TableEndpoint=http:\/\/[^/]+/, `TableEndpoint=http://${refused}`),
      [/^sessionTable failed: .*ECONNREFUSED.*SESSION_STORAGE/, /^outcomeTable/, /^runTable/],
    ],
    [
      'a wrong key',
      () => storage(/AccountKey=[^;]+/, 'AccountKey=d3Jvbmc='),
      [/^sessionTable failed: Server failed to authenticate.*key or signature is wrong/, /^outcomeTable/, /^runTable/],
    ],
    [
      'another table',
      () => ({ SESSION_TABLE: 'Nowhere' }),
      [/^sessionTable warning: The table Nowhere does not exist yet.*check SESSION_TABLE and SESSION_STORAGE/],
    ],
    ['a dry run for good', () => ({ SWEEP_DRY_RUN: 'true' }), [/^settings warning: SWEEP_DRY_RUN is true/]],
  ])('names the cause of %s', async (_, settings, causes) => {
    const found = await complaints(settings());

    expect(found).toEqual(causes.map((cause) => expect.stringMatching(cause)));
    expect(found.join('\n')).not.toMatch(/AccountKey=|PRIVATE KEY|d3Jvbmc=/);
  });

  it('names the cause of a wrong password', async () => {
    const { createPrivateKey } = await import('node:crypto');
    const { cert, key } = await makeCertificate({ commonName: 'locked' });
    const locked = createPrivateKey(key).export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: PASSWORD,
    });
    const file = await folder.write('locked.pem', `${cert}${locked}`);

    const wrong = await complaints({ ...byCertificate(file), CLUSTER_CLIENT_CERTIFICATE_PASSWORD: 'not-it' });
    const right = await complaints({ ...byCertificate(file), CLUSTER_CLIENT_CERTIFICATE_PASSWORD: PASSWORD });

    expect(wrong).toEqual([
      expect.stringMatching(/CLUSTER_CLIENT_CERTIFICATE cannot be decrypted: the password is wrong/),
    ]);
    expect(right).toEqual([expect.stringMatching(/^credentials failed: .*CN=locked/)]);
  });

  it('names the cause of an unsupported, unhealthy or missing cluster, and of a wrong clock', async () => {
    await plain.control.setLinux(true);
    const linux = await complaints({});
    await plain.control.setLinux(false);
    await plain.control.setFaults([{ answer: { status: 503, code: 'FABRIC_E_NOT_PRIMARY' } }]);
    const ill = await complaints({});
    await plain.control.setFaults([{ answer: { status: 404, body: '<html>', contentType: 'text/html' } }]);
    const other = await complaints({});
    await plain.control.setFaults([{ answer: { status: 404, code: 'FABRIC_E_SERVICE_DOES_NOT_EXIST' } }]);
    const [none] = await complaints({});
    await plain.control.clearFaults();
    await plain.control.setClockOffset(600_000);
    const skewed = await complaints({});

    expect(linux).toEqual([expect.stringMatching(/^cluster failed: .*Linux clusters have no upload sessions/)]);
    expect(ill).toEqual([expect.stringMatching(/^cluster failed: .*FABRIC_E_NOT_PRIMARY.*Service Fabric Explorer/)]);
    // The same advice as for a sweep that ends for this reason, and a session that failed with it.
    expect(none).toContain(STOP_REASONS.unsupportedCluster.advice);
    expect(errorAdvice({ errorCode: 'FABRIC_E_SERVICE_DOES_NOT_EXIST' }).advice).toBe(
      STOP_REASONS.unsupportedCluster.advice,
    );
    expect(other[0]).toMatch(/^cluster failed: .*CLUSTER_ENDPOINTS names the HTTP gateway/);
    expect(skewed).toEqual([expect.stringMatching(/^cluster failed: Its clock is (59\d|600) s ahead.*MAX_CLOCK_SKEW/)]);
  });

  it('changes nothing', async () => {
    await plain.control.clearLog();

    await examine({ SESSION_TABLE: 'Nowhere', OUTCOME_TABLE: 'NowhereElse', RUN_TABLE: 'NowhereAtAll' });

    const nowhere = openTable(connection, 'Nowhere').listEntities().next();
    await expect(nowhere).rejects.toMatchObject({ statusCode: 404 });
    // The probe: a delete of a session that cannot exist.
    expect(await plain.control.log()).toMatchObject([{ method: 'DELETE', status: 404 }]);
  });

  it('reports rows that no sweep reads, because they are in partitions of another SESSION_SHARDS', async () => {
    const id = newSessionId();
    await tables.storage.createSession('sharded~a', id, { lastActivity: new Date() });

    const [complaint] = await complaints({ CLUSTER_NAME: 'sharded' });

    expect(complaint).toMatch(
      /^sessionTable warning: 1 row of this cluster is in partitions .*"sharded~a".* SESSION_SHARDS is 1/,
    );
  });

  it('asks the cluster for a missing scope, and reports it as a hint', async () => {
    const entra = {
      ...{ tenant: TENANT, clusterApplication: CLUSTER_APPLICATION, clientApplication: CLIENT_APPLICATION },
      publicKey: generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey,
    };
    const server = await makeCertificate({ commonName: 'cluster', altNames: ['127.0.0.1'] });
    const cluster = await startSimulatedCluster({ security: { server, entra } });
    try {
      const told = await complaints({
        ...{
          CLUSTER_ENDPOINTS: cluster.endpoint,
          CLUSTER_SERVER_THUMBPRINTS: server.thumbprint,
          CLUSTER_AUTH: 'entra',
        },
      });

      expect(told).toEqual([
        expect.stringMatching(/^settings failed: CLUSTER_ENTRA_SCOPE is missing/),
        `credentials warning: The cluster names the scope ${CLUSTER_APPLICATION}/.default. Set CLUSTER_ENTRA_SCOPE to it after you ` +
          'checked that this application id is your app registration of the cluster.',
      ]);
    } finally {
      await cluster.close();
    }
  });
});
