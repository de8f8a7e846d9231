import { randomUUID } from 'node:crypto';
import { connect, type TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { newSessionId } from '../../../src/cleanup/model/sessionId.ts';
import { loadClientCertificate } from '../../../src/imageStore/clientCertificate.ts';
import type { ImageStoreClientOptions } from '../../../src/imageStore/imageStoreClient.ts';
import { type CertificateWithKey, makeCertificate } from '../../../src/local/certificates/makeCertificate.ts';
import type { ClusterSecurity } from '../../../src/local/cluster/clusterSecurity.ts';
import { type SimulatedCluster, startSimulatedCluster } from '../../../src/local/cluster/simulatedCluster.ts';
import { Upload } from '../../../src/local/cluster/uploader.ts';
import { type IdentityEndpoint, startIdentityEndpoint } from '../../../src/local/identity/identityEndpoint.ts';
import { CLIENT_APPLICATION, CLUSTER_APPLICATION, TENANT } from '../../../src/local/identity/tenant.ts';
import { asSessionId } from '../../doubles/sessionIds.ts';
import { clientOf, rejection } from '../../imageStore/servers.ts';
import { ask, deletePath } from './ask.ts';

const MIB = 1_048_576;
const NAME = 'build-farm';
/** One for each test that gets a token: the identity library caches tokens for the lifetime of the process. */
const USER_IDENTITY = randomUUID();

let root: CertificateWithKey;
let server: CertificateWithKey;
let admin: CertificateWithKey;
let named: CertificateWithKey;
let stranger: CertificateWithKey;
let identity: IdentityEndpoint;
const running: SimulatedCluster[] = [];

beforeAll(async () => {
  root = await makeCertificate({ commonName: 'root', isCa: true });
  [server, admin, named, stranger, identity] = await Promise.all([
    makeCertificate({ commonName: 'cluster', altNames: ['127.0.0.1'] }),
    makeCertificate({ commonName: 'admin' }),
    makeCertificate({ commonName: NAME, issuer: root }),
    makeCertificate({ commonName: 'admin' }),
    startIdentityEndpoint({ userIdentities: [USER_IDENTITY] }),
  ]);
  Object.assign(process.env, { IDENTITY_ENDPOINT: identity.endpoint, IDENTITY_HEADER: identity.secret });
});

afterEach(async () => {
  for (const cluster of running.splice(0)) await cluster.close();
});

afterAll(async () => {
  delete process.env['IDENTITY_ENDPOINT'];
  delete process.env['IDENTITY_HEADER'];
  await identity.close();
});

async function start(how: Partial<ClusterSecurity>): Promise<SimulatedCluster> {
  const clients = {
    admin: { thumbprints: [admin.thumbprint], commonNames: [{ name: NAME }] },
    ca: [root.cert],
  };
  const cluster = await startSimulatedCluster({ security: { server, clients, ...how } });
  running.push(cluster);
  return cluster;
}

const entra = () => ({
  tenant: TENANT,
  clusterApplication: CLUSTER_APPLICATION,
  clientApplication: CLIENT_APPLICATION,
  publicKey: identity.publicKey,
});
const exclusive = () => start({ exclusive: true, entra: entra() });

/** The app's client, by default as an administrator. */
function clientAt(endpoint: string, options: Partial<ImageStoreClientOptions> = withCertificate(admin)) {
  return clientOf({ endpoint }, { serverIdentity: { thumbprints: [server.thumbprint] }, probeWaitMs: 1, ...options });
}

function withCertificate({ cert, key }: CertificateWithKey) {
  const loaded = loadClientCertificate(cert + key, undefined);
  if ('error' in loaded) throw new Error(loaded.error);
  return { clientCertificate: loaded.certificate };
}

const uploadTo = async (cluster: SimulatedCluster, bytes = MIB) => {
  const file = { storeRelativePath: 'a.zip', fileSizeBytes: bytes };
  const upload = new Upload(cluster.endpoint, file, { ca: server.cert, cert: admin.cert, key: admin.key });
  await upload.uploadChunks();
  return upload;
};

describe('a gateway that requests the certificate after the HTTP request', () => {
  it('gets it over TLS 1.2 once for each connection, and the connection is kept', async () => {
    const cluster = await start({ asksForCertificate: 'afterRequest', tlsVersions: { max: 'TLSv1.2' } });
    const sessionId = asSessionId((await uploadTo(cluster)).sessionId);
    const client = clientAt(cluster.endpoint);
    const before = (await cluster.control.status()).connections.total;

    const { deleted } = await client.deleteUploadSessionIf(sessionId, () => true);
    for (let n = 0; n < 3; n += 1) await client.getUploadSession(sessionId);

    expect(deleted?.httpStatus).toBe(200);
    expect((await cluster.control.status()).connections.total - before).toBe(1);
    expect((await cluster.control.log()).slice(-5).map(({ admittedBy }) => admittedBy)).toEqual(
      Array(5).fill('certificate'),
    );
  });

  it('gets it in the middle of a long chunk', async () => {
    const cluster = await start({ asksForCertificate: 'afterRequest', tlsVersions: { max: 'TLSv1.2' } });

    const { sessionId } = await uploadTo(cluster, 8 * MIB);

    expect(await cluster.control.sessions()).toMatchObject([{ sessionId, stagedBytes: 8 * MIB }]);
  });

  it('is reached over TLS 1.2 by a client that offers TLS 1.3 as well', async () => {
    const cluster = await start({ asksForCertificate: 'afterRequest' });
    const client = clientAt(cluster.endpoint);

    expect(await client.probe()).toMatchObject({ verdict: 'good', tlsVersion: 'TLSv1.2', needsTls12: true });
  });

  it('does not get it with TLS 1.3 only, and answers 403 "Client certificate required"', async () => {
    const cluster = await start({ asksForCertificate: 'afterRequest', tlsVersions: { min: 'TLSv1.3' } });
    const tls = { ca: server.cert, cert: admin.cert, key: admin.key };

    const answer = await ask(cluster.endpoint, 'DELETE', deletePath(randomUUID()), { tls });
    const error = await rejection(clientAt(cluster.endpoint).getUploadSession(newSessionId()));

    expect([answer.status, answer.reason, answer.body]).toEqual([403, 'Client certificate required', '']);
    expect(error).toMatchObject({ kind: 'accessDenied', httpStatus: 403 });
    expect((error as Error).message).toContain('the client certificate was not received, or is not trusted');
  });

  it('refuses clients without a certificate, and with an unknown one, with 403', async () => {
    const cluster = await start({ asksForCertificate: 'afterRequest', tlsVersions: { max: 'TLSv1.2' } });

    for (const options of [{}, withCertificate(stranger)]) {
      const error = await rejection(clientAt(cluster.endpoint, options).getUploadSession(newSessionId()));
      expect(error).toMatchObject({ kind: 'accessDenied', httpStatus: 403 });
    }
  });
});

describe('exclusive authentication mode', () => {
  it('accepts certificates by thumbprint or name on the gateway port, on a kept connection', async () => {
    const cluster = await exclusive();
    const sessionId = asSessionId((await uploadTo(cluster)).sessionId);
    const client = clientAt(cluster.endpoint);
    const before = (await cluster.control.status()).connections.total;

    const { deleted } = await client.deleteUploadSessionIf(sessionId, () => true);
    await client.getUploadSession(sessionId);

    expect(deleted?.httpStatus).toBe(200);
    expect((await cluster.control.status()).connections.total - before).toBe(1);
    expect(await clientAt(cluster.endpoint, withCertificate(named)).probe()).toMatchObject({ verdict: 'good' });
  });

  it.each([
    ['TLSv1.3', 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'],
    ['TLSv1.2', /HANDSHAKE_FAILURE/],
  ] as const)('ends the handshake of a client without a certificate over %s with an alert', async (version, code) => {
    const cluster = await exclusive();

    const error = await rejection(handshake(cluster.endpoint, version));

    expect((error as NodeJS.ErrnoException).code).toMatch(code);
    expect(await cluster.control.log()).toEqual([]);
  });

  it('accepts no token on the gateway port, and no certificate on the port for tokens', async () => {
    const cluster = await exclusive();
    const withToken = { entra: { scope: `${CLUSTER_APPLICATION}/.default`, clientId: USER_IDENTITY } };

    const accepted = await clientAt(cluster.tokenEndpoint ?? '', withToken).getUploadSession(newSessionId());
    const tokenAtGateway = await rejection(clientAt(cluster.endpoint, withToken).getUploadSession(newSessionId()));
    const certificateAtTokens = await rejection(clientAt(cluster.tokenEndpoint ?? '').getUploadSession(newSessionId()));

    expect(accepted.httpStatus).toBe(204);
    expect(tokenAtGateway).toMatchObject({ httpStatus: undefined });
    expect(certificateAtTokens).toMatchObject({ kind: 'accessDenied', httpStatus: 401 });
    expect((await cluster.control.log())[0]).toMatchObject({ admittedBy: 'token', status: 204 });
  });

  it('refuses an unknown certificate with 403', async () => {
    const cluster = await exclusive();

    const error = await rejection(
      clientAt(cluster.endpoint, withCertificate(stranger)).getUploadSession(newSessionId()),
    );

    expect(error).toMatchObject({ kind: 'accessDenied', httpStatus: 403 });
  });

  it('does not start without known clients', async () => {
    await expect(startSimulatedCluster({ security: { server, exclusive: true } })).rejects.toThrow(
      'needs known clients and Entra settings',
    );
  });
});

/** Connects without a certificate and sends a line, because the alert of TLS 1.3 comes after the client's side of the handshake. */
function handshake(endpoint: string, version: 'TLSv1.2' | 'TLSv1.3'): Promise<void> {
  const { hostname, port } = new URL(endpoint);
  return new Promise((resolve, reject) => {
    const options = { host: hostname, port: Number(port), ca: server.cert, minVersion: version, maxVersion: version };
    const socket: TLSSocket = connect(options, () => socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'));
    socket.on('error', reject);
    socket.on('data', () => resolve());
    socket.on('close', () => resolve());
  });
}
