import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectSecurely, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CertificateWithKey, makeCertificate } from '../../../src/local/certificates/makeCertificate.ts';
import type { ClusterSecurity } from '../../../src/local/cluster/clusterSecurity.ts';
import { type SimulatedCluster, startSimulatedCluster } from '../../../src/local/cluster/simulatedCluster.ts';
import { Upload } from '../../../src/local/cluster/uploader.ts';
import { ask, askRaw, codeOf, commitPath, deletePath, getPath, until } from './ask.ts';

const ID = '6f9619ff-8b86-d011-b42d-00c04fc964ff';
const DAY_MS = 86_400_000;
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS);
const NAME = 'build-farm';

let server: CertificateWithKey;
let clients: Record<
  | 'root'
  | 'otherRoot'
  | 'admin'
  | 'readOnly'
  | 'expired'
  | 'early'
  | 'stranger'
  | 'named'
  | 'namedByOther'
  | 'namesake',
  CertificateWithKey
>;
let cluster: SimulatedCluster;

beforeAll(async () => {
  const [root, otherRoot] = await Promise.all([
    makeCertificate({ commonName: 'root', isCa: true }),
    makeCertificate({ commonName: 'root', isCa: true }),
  ]);
  server = await makeCertificate({ commonName: 'cluster', altNames: ['127.0.0.1'] });
  const [admin, readOnly, expired, early, stranger, named, namedByOther, namesake] = await Promise.all([
    makeCertificate({ commonName: 'admin' }),
    makeCertificate({ commonName: 'reader' }),
    makeCertificate({ commonName: 'admin', validFrom: inDays(-20), validTo: inDays(-10) }),
    makeCertificate({ commonName: 'admin', validFrom: inDays(10), validTo: inDays(20) }),
    makeCertificate({ commonName: 'admin' }),
    makeCertificate({ commonName: NAME, issuer: root }),
    makeCertificate({ commonName: NAME, issuer: otherRoot }),
    makeCertificate({ commonName: NAME }),
  ]);
  clients = { root, otherRoot, admin, readOnly, expired, early, stranger, named, namedByOther, namesake };
  cluster = await startSimulatedCluster({ security: securityFor({ commonNames: [{ name: NAME }] }) });
});

afterAll(() => cluster.close());

function securityFor(byName: { commonNames: { name: string; issuerThumbprints?: string[] }[] }): ClusterSecurity {
  const { root, admin, readOnly, expired, early } = clients;
  return {
    server,
    clients: {
      admin: { thumbprints: [admin, expired, early].map(({ thumbprint }) => thumbprint), ...byName },
      user: { thumbprints: [readOnly.thumbprint] },
      ca: [root.cert],
    },
  };
}

const as = (client: CertificateWithKey | undefined) => ({
  tls: { ca: server.cert, ...(client && { cert: client.cert, key: client.key }) },
});
const get = (client?: CertificateWithKey, at = cluster) => ask(at.endpoint, 'GET', getPath(ID), as(client));
const del = (client?: CertificateWithKey, at = cluster) => ask(at.endpoint, 'DELETE', deletePath(ID), as(client));

describe('a cluster secured by certificates', () => {
  it('serves an administrator, and logs how the request was authenticated', async () => {
    const { admin } = clients;
    const credentials = { ca: server.cert, cert: admin.cert, key: admin.key };
    const upload = new Upload(cluster.endpoint, { storeRelativePath: 'a.zip', fileSizeBytes: 9 }, credentials);
    const left = new Upload(
      cluster.endpoint,
      { storeRelativePath: 'b.zip', fileSizeBytes: 9, sessionId: ID },
      credentials,
    );

    await upload.uploadChunks();
    await upload.commit();
    await left.uploadChunks();

    expect([(await get(admin)).status, (await del(admin)).status, (await get(admin)).status]).toEqual([200, 200, 204]);
    const [last] = (await cluster.control.log()).slice(-1);
    expect(last).toMatchObject({ operation: 'getSession', admittedBy: 'certificate', status: 204 });
    expect(cluster.endpoint).toMatch(/^https:/);
  });

  it.each(['no certificate', 'stranger', 'expired', 'early', 'namedByOther', 'namesake'] as const)(
    'refuses every request with 403 and no body: %s',
    async (which) => {
      const client = which === 'no certificate' ? undefined : clients[which];

      const answers = await Promise.all([
        get(client),
        del(client),
        ask(cluster.endpoint, 'POST', commitPath(ID), as(client)),
        ask(cluster.endpoint, 'PUT', `/ImageStore/a/$/UploadChunk?api-version=6.0&session-id=${ID}`, as(client)),
      ]);

      for (const { status, reason, body, headers } of answers) {
        expect([status, reason, body]).toEqual([403, 'Client certificate required', '']);
        expect(headers['content-type']).toBeUndefined();
      }
    },
  );

  it('refuses a read-only client with 403 E_ACCESSDENIED: all of these operations are for administrators', async () => {
    const answers = await Promise.all([get(clients.readOnly), del(clients.readOnly)]);

    expect(answers.map((answer) => [answer.status, codeOf(answer)])).toEqual([
      [403, 'E_ACCESSDENIED'],
      [403, 'E_ACCESSDENIED'],
    ]);
  });

  it('carries out nothing for a refused client', async () => {
    const { admin, stranger, readOnly } = clients;
    const credentials = { ca: server.cert, cert: admin.cert, key: admin.key };
    const file = { storeRelativePath: 'c.zip', fileSizeBytes: 9, sessionId: ID };
    await new Upload(cluster.endpoint, file, credentials).uploadChunks();

    await Promise.all([del(), del(stranger), del(readOnly)]);
    const after = await get(admin);
    await del(admin);

    expect(after.status).toBe(200);
  });

  it('accepts a client by its name and a trusted root', async () => {
    expect((await del(clients.named)).status).toBe(404);
  });

  it('accepts a client only by its name and its issuer if issuers are configured', async () => {
    const pinned = { name: NAME, issuerThumbprints: [clients.otherRoot.thumbprint] };
    const other = await startSimulatedCluster({ security: securityFor({ commonNames: [pinned] }) });

    // The issuer must be presented with the certificate, because no root is configured.
    const { cert, key } = clients.namedByOther;
    const whole = { tls: { ca: server.cert, cert: cert + clients.otherRoot.cert, key } };
    const answers = await Promise.all([
      ask(other.endpoint, 'DELETE', deletePath(ID), whole),
      del(clients.named, other),
      del(clients.namesake, other),
    ]);

    await other.close();
    expect(answers.map(({ status }) => status)).toEqual([404, 403, 403]);
  });

  it('checks the URL first, and answers requests for Entra metadata without authentication', async () => {
    const unknown = await ask(cluster.endpoint, 'DELETE', '/nonsense', as(undefined));
    const metadata = await ask(cluster.endpoint, 'GET', '/$/GetAadMetadata?api-version=1.0', as(undefined));

    expect([unknown.status, codeOf(unknown)]).toEqual([400, 'E_INVALIDARG']);
    expect([metadata.status, metadata.body]).toEqual([200, '{"type":"","metadata":{}}']);
  });

  it('checks validity by its own clock', async () => {
    await cluster.control.setClockOffset(100 * DAY_MS);
    const later = await del(clients.admin);
    await cluster.control.setClockOffset(0);

    expect([later.status, (await del(clients.admin)).status]).toEqual([403, 404]);
  });
});

describe('its connections', () => {
  it('use TLS 1.2 and 1.3, nothing older and no plain HTTP', async () => {
    const withVersion = (version: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3') => {
      const { tls } = as(clients.admin);
      const old = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' } as const;
      return ask(cluster.endpoint, 'DELETE', deletePath(ID), { tls: { ...tls, ...old } });
    };

    expect([(await withVersion('TLSv1.2')).status, (await withVersion('TLSv1.3')).status]).toEqual([404, 404]);
    await expect(withVersion('TLSv1.1')).rejects.toThrow('protocol version');
    await expect(askRaw(cluster.endpoint, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n')).resolves.not.toContain('HTTP/1.1 2');
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'recognize their client when a session of %s is resumed',
    async (version) => {
      const { admin } = clients;
      const { hostname, port } = new URL(cluster.endpoint);
      const options = { host: hostname, port: Number(port), ca: server.cert, cert: admin.cert, key: admin.key };
      const exchange = async (session?: Buffer) => {
        const socket: TLSSocket = connectSecurely({ ...options, maxVersion: version, ...(session && { session }) });
        const ticket = new Promise<Buffer>((resolve) => socket.once('session', resolve));
        socket.write(`DELETE ${deletePath(ID)} HTTP/1.1\r\nHost: x\r\n\r\n`);
        const [answer] = (await once(socket, 'data')) as [Buffer];
        const reused = socket.isSessionReused();
        const given = session ?? (await ticket);
        socket.destroy();
        return { status: answer.toString().slice(9, 12), reused, session: given };
      };

      const first = await exchange();
      const second = await exchange(first.session);

      expect([first.status, first.reused, second.status, second.reused]).toEqual(['404', false, '404', true]);
    },
  );

  it('end with the cluster, also during their handshake', async () => {
    const other = await startSimulatedCluster({ security: securityFor({ commonNames: [] }) });
    const { hostname, port } = new URL(other.endpoint);
    const silent = connect(Number(port), hostname);
    const ended = once(silent, 'close');
    silent.on('error', () => undefined);
    await until(async () => (await other.control.status()).connections.open === 1);

    await other.close();

    await ended;
  });

  it('break if a fault rule says so', async () => {
    await cluster.control.setFaults([{ operation: 'delete', connection: 'breakBeforeAnswer', times: 1 }]);

    await expect(del(clients.admin)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect((await del(clients.admin)).status).toBe(404);
  });
});
