import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ClientCertificate, loadClientCertificate } from '../../src/imageStore/clientCertificate.ts';
import type { ImageStoreClientOptions } from '../../src/imageStore/imageStoreClient.ts';
import type { ServerIdentity } from '../../src/imageStore/serverIdentity.ts';
import { type Identity, makeCertificate, makeKey, makePfx } from './certificates.ts';
import { type ManagedIdentityEndpoint, startManagedIdentity } from './managedIdentity.ts';
import {
  clientOf,
  freePort,
  rejection,
  SESSION,
  startHttpServer,
  startScriptedServer,
  startTcpServer,
} from './servers.ts';
import { startRecordingServer, startTlsServer } from './tlsServers.ts';

const NAME = 'cluster.example.com';

let ca: Identity;
let intermediate: Identity;
let otherCa: Identity;
/** Issued by the authority, for the address of the tests' servers. */
let trusted: Identity;
/** Issued by the authority, for another name. */
let named: Identity;
/** Issued by the intermediate authority. */
let chained: Identity;
let selfSigned: Identity;
/** Issued by the authority, for all names below a domain. */
let wildcard: Identity;
let client: Identity;

beforeAll(() => {
  const [key, caKey] = [makeKey(), makeKey()];
  ca = makeCertificate({ commonName: 'Test CA', isCa: true, key: caKey });
  otherCa = makeCertificate({ commonName: 'Test CA', isCa: true, key });
  intermediate = makeCertificate({ commonName: 'Test Intermediate', isCa: true, issuer: ca, key: caKey });
  trusted = makeCertificate({ commonName: 'gateway', altNames: ['127.0.0.1'], issuer: ca, key });
  named = makeCertificate({ commonName: NAME, altNames: [NAME], issuer: ca, key });
  const leaf = makeCertificate({ commonName: NAME, issuer: intermediate, key });
  chained = { ...leaf, cert: leaf.cert + intermediate.cert + ca.cert };
  selfSigned = makeCertificate({ commonName: NAME, key });
  wildcard = makeCertificate({ commonName: '*.example.com', altNames: ['*.example.com'], issuer: ca, key });
  client = makeCertificate({ commonName: 'sweeper', issuer: ca, key });
});

function certificateOf(text: string | Buffer): ClientCertificate {
  const loaded = loadClientCertificate(Buffer.from(text).toString('base64'), undefined);
  if ('error' in loaded) throw new Error(loaded.error);
  return loaded.certificate;
}

const forClients = (): Identity =>
  makeCertificate({
    commonName: NAME,
    altNames: ['127.0.0.1'],
    issuer: ca,
    key: trusted.privateKey,
    usages: ['clientAuth'],
  });

/** Deletes a session at a server with this certificate. */
async function deleteAt(identity: Identity, serverIdentity?: ServerIdentity) {
  const server = await startTlsServer(identity);
  await clientOf(server, serverIdentity && { serverIdentity }).deleteUploadSession(SESSION);
  return server.requests;
}

/** Tries to delete a session at a server that records what it receives; no part of a request may reach it. */
async function refusalOf(identity: Identity, options: Partial<ImageStoreClientOptions>): Promise<string> {
  const server = await startRecordingServer(identity);
  const error = await rejection(clientOf(server, options).deleteUploadSession(SESSION));
  await server.ended;
  expect(Buffer.concat(server.received).length).toBe(0);
  expect(error).toMatchObject({ kind: 'unreachable', retryable: true, httpStatus: undefined });
  return (error as Error).message;
}

describe('a server', () => {
  it('of a private authority is trusted if that is configured', async () => {
    expect(await deleteAt(trusted, { ca: [ca.cert] })).toHaveLength(1);
  });

  it('keeps its connection, which is not checked again', async () => {
    const server = await startTlsServer(trusted);
    const imageStore = clientOf(server, { serverIdentity: { ca: [ca.cert] } });

    for (let i = 0; i < 3; i++) await imageStore.deleteUploadSession(SESSION);

    expect([server.connections.length, server.requests.length]).toEqual([1, 3]);
  });

  it.each<[string, () => [Identity, ServerIdentity]]>([
    ['its SHA-1 thumbprint', () => [selfSigned, { thumbprints: [selfSigned.thumbprint] }]],
    ['its SHA-256 thumbprint', () => [selfSigned, { thumbprints: [selfSigned.thumbprint256] }]],
    ['one of several thumbprints', () => [named, { thumbprints: [ca.thumbprint, named.thumbprint] }]],
    ['its name, if a trusted authority issued it', () => [named, { commonNames: [NAME], ca: [ca.cert] }]],
    ['its name in capitals', () => [named, { commonNames: [NAME.toUpperCase()], ca: [ca.cert] }]],
    ['its alternative name', () => [trusted, { commonNames: ['x', 'gateway'], ca: [ca.cert] }]],
    [
      'its name and itself as issuer, when it is self-signed',
      () => [selfSigned, { commonNames: [NAME], issuerThumbprints: [selfSigned.thumbprint] }],
    ],
    [
      'its name and its direct issuer, untrusted but presented',
      () => [chained, { commonNames: [NAME], issuerThumbprints: [intermediate.thumbprint] }],
    ],
    [
      'its name and the SHA-256 of its direct issuer',
      () => [chained, { commonNames: [NAME], issuerThumbprints: [intermediate.thumbprint256] }],
    ],
    [
      'its name and an issuer that isn’t presented but named as an authority',
      () => [named, { commonNames: [NAME], issuerThumbprints: [ca.thumbprint], ca: [ca.cert] }],
    ],
    [
      'its thumbprint, though a name is expected as well',
      () => [selfSigned, { thumbprints: [selfSigned.thumbprint], commonNames: ['other'] }],
    ],
    ['the name of a wildcard certificate', () => [wildcard, { commonNames: ['*.example.com'], ca: [ca.cert] }]],
    ...[[], ['serverAuth'], ['clientAuth', '2.5.29.37.0']].map((usages): [string, () => [Identity, ServerIdentity]] => [
      `its name and the usages [${usages}]`,
      () => [
        makeCertificate({ commonName: NAME, issuer: ca, key: trusted.privateKey, usages }),
        { commonNames: [NAME], ca: [ca.cert], issuerThumbprints: [ca.thumbprint] },
      ],
    ]),
    [
      'its name, though a thumbprint is expected as well',
      () => [named, { thumbprints: [ca.thumbprint], commonNames: [NAME], ca: [ca.cert] }],
    ],
  ])('is accepted by %s', async (_, make) => {
    expect(await deleteAt(...make())).toHaveLength(1);
  });

  it.each<[string, RegExp, () => [Identity, ServerIdentity]]>([
    ['self-signed, with nothing configured', /not trusted: it is self-signed/, () => [selfSigned, {}]],
    ['of an authority that the platform doesn’t know', /not trusted: its issuer is not known/, () => [trusted, {}]],
    ['of another authority of the same name', /not trusted/, () => [trusted, { ca: [otherCa.cert] }]],
    ['for another host', /not for this host name/, () => [named, { ca: [ca.cert] }]],
    [
      'with another thumbprint, though it is trusted',
      /expected the thumbprint/,
      () => [trusted, { ca: [ca.cert], thumbprints: [ca.thumbprint] }],
    ],
    [
      'with another name, though it is trusted',
      /expected the name other/,
      () => [trusted, { ca: [ca.cert], commonNames: ['other'] }],
    ],
    [
      'a wildcard certificate in place of the name',
      /expected the name cluster\.example\.com/,
      () => [wildcard, { commonNames: [NAME], ca: [ca.cert] }],
    ],
    [
      'a wildcard certificate in place of the name, by its issuer',
      /expected the name cluster\.example\.com/,
      () => [wildcard, { commonNames: [NAME], ca: [ca.cert], issuerThumbprints: [ca.thumbprint] }],
    ],
    [
      'the name, where a wildcard certificate is expected',
      /expected the name \*\.example\.com/,
      () => [named, { commonNames: ['*.example.com'], ca: [ca.cert] }],
    ],
    [
      'a name below the one with a dot',
      /expected the name \.example\.com/,
      () => [named, { commonNames: ['.example.com'], ca: [ca.cert] }],
    ],
    [
      'for clients only, by its name',
      /not for servers/,
      () => [forClients(), { commonNames: [NAME], ca: [ca.cert], issuerThumbprints: [ca.thumbprint] }],
    ],
    [
      'for clients only, by its thumbprint',
      /not for servers/,
      () => {
        const identity = forClients();
        return [identity, { thumbprints: [identity.thumbprint] }];
      },
    ],
    ['for clients only, with nothing configured', /not trusted/, () => [forClients(), { ca: [ca.cert] }]],
    [
      'with the right name, but self-signed',
      /not trusted: it is self-signed/,
      () => [selfSigned, { commonNames: [NAME] }],
    ],
    [
      'with the right name, but another issuer',
      /expected an issuer with the thumbprint [0-9A-F]{40}, not CN=Test Intermediate/,
      () => [chained, { commonNames: [NAME], issuerThumbprints: [ca.thumbprint] }],
    ],
    [
      'with the right name, trusted, but another issuer',
      /expected an issuer/,
      () => [named, { commonNames: [NAME], ca: [ca.cert], issuerThumbprints: [otherCa.thumbprint] }],
    ],
    [
      'with the right name, its issuer neither presented nor known',
      /its issuer was not presented/,
      () => [named, { commonNames: [NAME], issuerThumbprints: [ca.thumbprint] }],
    ],
  ])('is refused: %s', async (_, expected, make) => {
    const [identity, serverIdentity] = make();

    const message = await refusalOf(identity, { serverIdentity });

    expect(message).toMatch(expected);
    expect(message).toContain(identity.thumbprint);
  });

  it('that presents a forged certificate with the real issuer is refused', async () => {
    const forged = makeCertificate({
      commonName: NAME,
      issuer: { ...ca, key: otherCa.key },
      key: trusted.privateKey,
    });
    const identity = { ...forged, cert: forged.cert + ca.cert };

    const message = await refusalOf(identity, {
      serverIdentity: { commonNames: [NAME], issuerThumbprints: [ca.thumbprint], ca: [ca.cert] },
    });

    expect(message).toContain('its issuer was not presented');
  });

  it('whose certificate was issued by a certificate that is not an authority is refused', async () => {
    const child = makeCertificate({ commonName: 'child', issuer: named, key: ca.privateKey });
    const identity = { ...child, cert: child.cert + named.cert };

    const message = await refusalOf(identity, {
      serverIdentity: { commonNames: ['child'], issuerThumbprints: [named.thumbprint] },
    });

    expect(message).toContain('its issuer was not presented');
  });

  it.each<[string, number, number, RegExp]>([
    ['has expired', -30, -1, /CN=cluster\.example\.com expired on 20/],
    ['is not valid yet', 1, 30, /CN=cluster\.example\.com is not valid before 20/],
  ])('whose certificate %s is refused, even by its thumbprint', async (_, fromDay, toDay, expected) => {
    const identity = makeCertificate({ commonName: NAME, key: selfSigned.privateKey, fromDay, toDay });

    expect(await refusalOf(identity, { serverIdentity: { thumbprints: [identity.thumbprint] } })).toMatch(expected);
    expect(
      await refusalOf(identity, { serverIdentity: { commonNames: [NAME], issuerThumbprints: [identity.thumbprint] } }),
    ).toMatch(expected);
    expect(await refusalOf(identity, {})).toMatch(/not trusted/);
  });

  it('whose issuer has expired is refused', async () => {
    const old = makeCertificate({ commonName: 'Old CA', isCa: true, key: ca.privateKey, fromDay: -30, toDay: -1 });
    const leaf = makeCertificate({ commonName: NAME, issuer: old, key: trusted.privateKey });

    const message = await refusalOf(
      { ...leaf, cert: leaf.cert + old.cert },
      { serverIdentity: { commonNames: [NAME], issuerThumbprints: [old.thumbprint] } },
    );

    expect(message).toContain('CN=Old CA expired');
  });

  it('is not trusted even if the environment switches verification off', async () => {
    const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      expect(await refusalOf(selfSigned, {})).toContain('self-signed');
    } finally {
      if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
    }
  });

  it('that speaks TLS 1.1 at most is refused', async () => {
    const server = await startTlsServer(trusted, {
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'ALL:@SECLEVEL=0',
    });

    const error = await rejection(clientOf(server, { serverIdentity: { ca: [ca.cert] } }).deleteUploadSession(SESSION));

    expect(error).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('TLS 1.2') });
    expect(server.requests).toEqual([]);
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('that speaks %s is accepted', async (version) => {
    const server = await startTlsServer(trusted, { minVersion: version, maxVersion: version });

    await clientOf(server, { serverIdentity: { ca: [ca.cert] } }).deleteUploadSession(SESSION);

    expect(server.requests).toHaveLength(1);
  });

  it('that speaks plain HTTP is reported as that', async () => {
    const server = await startHttpServer((_, response) => response.end());

    const error = await rejection(
      clientOf({ endpoint: `https://${server.endpoint.host}` }).deleteUploadSession(SESSION),
    );

    expect(error).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('is it an http endpoint?') });
  });
});

describe('a client certificate', () => {
  let identity: ManagedIdentityEndpoint;
  beforeAll(async () => {
    identity = await startManagedIdentity();
    Object.assign(process.env, identity.environment);
  });
  afterAll(async () => {
    for (const name of Object.keys(identity.environment)) delete process.env[name];
    await identity.close();
  });
  const demanding = () => ({ requestCert: true, rejectUnauthorized: true, ca: [ca.cert] });
  const trustCa = () => ({ serverIdentity: { ca: [ca.cert] } });

  it.each<[string, () => string | Buffer]>([
    ['PEM', () => client.cert + client.key],
    ['a PFX', () => makePfx(client, { chain: [ca] })],
  ])('from %s is presented', async (_, make) => {
    const server = await startTlsServer(trusted, demanding());

    await clientOf(server, { ...trustCa(), clientCertificate: certificateOf(make()) }).deleteUploadSession(SESSION);

    expect(server.requests).toMatchObject([{ client: 'CN=sweeper' }]);
  });

  it('that the cluster doesn’t know is named in the error', async () => {
    const stranger = certificateOf(makePfx(makeCertificate({ commonName: 'stranger', key: client.privateKey })));
    const server = await startTlsServer(trusted, { ...demanding(), rejectUnauthorized: false });

    const error = await rejection(
      clientOf(server, { ...trustCa(), clientCertificate: stranger }).deleteUploadSession(SESSION),
    );

    expect(error).toMatchObject({ kind: 'accessDenied', retryable: false, httpStatus: 403 });
    expect((error as Error).message).toContain(
      `denies access to the client certificate CN=stranger (${stranger.thumbprint}) (403 without a body): it is not the certificate of an admin client.`,
    );
  });

  it('that the cluster requires and the app doesn’t have means "access denied"', async () => {
    const server = await startTlsServer(trusted, demanding());

    const error = await rejection(clientOf(server, trustCa()).deleteUploadSession(SESSION));

    expect(error).toMatchObject({ kind: 'accessDenied', retryable: false });
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'that a port requires in a handshake of %s means that tokens need another port',
    async (version) => {
      const server = await startTlsServer(trusted, { ...demanding(), minVersion: version, maxVersion: version });
      const imageStore = clientOf(server, {
        ...trustCa(),
        entra: { scope: `api://${version}/.default` },
        probeWaitMs: 1,
      });

      const probe = await imageStore.probe();

      expect(probe).toMatchObject({
        verdict: 'accessDenied',
        error: {
          kind: 'accessDenied',
          retryable: false,
          message: expect.stringContaining(
            'this port accepts certificates only. Clusters with TLS 1.3 have another port for tokens',
          ),
        },
      });
      const error = await rejection(clientOf(server, trustCa()).getUploadSession(SESSION));
      expect(error).toMatchObject({ kind: 'accessDenied', message: expect.stringContaining('it requires one') });
    },
  );

  /** A server that ends each handshake with a fatal alert. @see RFC 8446, section 6 */
  const alerting = async (alert: number) => {
    const { endpoint, ...server } = await startScriptedServer((socket) =>
      socket.end(Buffer.from([21, 3, 3, 0, 2, 2, alert])),
    );
    return { ...server, endpoint: new URL(`https://${endpoint.host}`) };
  };

  it.each([
    [40, 'handshake failure', 'unreachable'],
    [42, 'bad certificate', 'accessDenied'],
    [43, 'unsupported certificate', 'accessDenied'],
    [44, 'certificate revoked', 'accessDenied'],
    [45, 'certificate expired', 'accessDenied'],
    [46, 'certificate unknown', 'accessDenied'],
    [48, 'unknown ca', 'accessDenied'],
    [49, 'access denied', 'accessDenied'],
    [70, 'protocol version', 'unreachable'],
    [80, 'internal error', 'unreachable'],
  ])('that is answered with the alert %d, "%s", is %s', async (alert, name, kind) => {
    const server = await alerting(alert);
    const clientCertificate = certificateOf(client.cert + client.key);

    const error = await rejection(clientOf(server, { clientCertificate }).getUploadSession(SESSION));

    expect(error).toMatchObject({ kind, httpStatus: undefined, message: expect.stringContaining(`alert "${name}"`) });
    expect((error as Error).message).not.toContain('openssl');
  });

  it('that is missing is the reason of a failed handshake', async () => {
    const error = await rejection(clientOf(await alerting(40)).getUploadSession(SESSION));

    expect(error).toMatchObject({ kind: 'accessDenied', message: expect.stringContaining('it requires one') });
  });

  it('that is missing is named if the cluster answers 403', async () => {
    const server = await startTlsServer(trusted, { ...demanding(), rejectUnauthorized: false });

    const error = await rejection(clientOf(server, { ...trustCa(), clusterId: 'west-1' }).deleteUploadSession(SESSION));

    expect((error as Error).message).toContain(
      "the cluster requires a client certificate or an Entra token, or the cluster's id is not west-1.",
    );
  });

  it('is not sent over http', () => {
    const clientCertificate = certificateOf(client.cert + client.key);

    expect(() => clientOf({ endpoint: 'http://127.0.0.1:19080' }, { clientCertificate })).toThrow('https only');
    expect(() =>
      clientOf({ endpoint: 'http://127.0.0.1:19080' }, { entra: { scope: 'api://cluster/.default' } }),
    ).toThrow('https only');
  });
});

describe('a call over TLS', () => {
  it('that is aborted in the handshake ends at once, and is not sent when the connection is established later', async () => {
    const gateway = await startTlsServer(trusted);
    const held: Socket[] = [];
    let isOpen = false;
    const letThrough = (socket: Socket): void => {
      const through = connect(gateway.port, '127.0.0.1');
      through.on('error', () => {});
      socket.pipe(through).pipe(socket);
    };
    let hold: (() => void) | undefined;
    const holding = new Promise<void>((resolve) => {
      hold = resolve;
    });
    const door = await startTcpServer((socket) => {
      if (isOpen) letThrough(socket);
      else held.push(socket.pause());
      hold?.();
    });
    const imageStore = clientOf(
      { endpoint: `https://127.0.0.1:${door.port}` },
      { serverIdentity: { ca: [ca.cert] }, maxConnections: 1 },
    );
    const controller = new AbortController();
    const call = imageStore.deleteUploadSession(SESSION, { signal: controller.signal });
    await holding;

    controller.abort();
    expect(await rejection(call)).toMatchObject({ kind: 'aborted' });
    isOpen = true;
    held.forEach(letThrough);
    await imageStore.getUploadSession(SESSION).catch(() => {});

    expect(gateway.requests.map(({ line }) => line.slice(0, 4))).toEqual(['GET ']);
  });
});

describe('several gateways on TLS', () => {
  const ours = () => ({ serverIdentity: { thumbprints: [trusted.thumbprint] } });

  it.each<[string, () => Promise<{ endpoint: URL; connections?: Socket[] }>]>([
    ['refuses', async () => ({ endpoint: new URL(`https://127.0.0.1:${await freePort()}`) })],
    [
      'hangs in the handshake',
      () =>
        startTcpServer(() => {}).then(({ port, connections }) => ({
          endpoint: new URL(`https://127.0.0.1:${port}`),
          connections,
        })),
    ],
    [
      'resets in the handshake',
      () =>
        startTcpServer((socket) => socket.once('data', () => socket.resetAndDestroy())).then(
          ({ port, connections }) => ({
            endpoint: new URL(`https://127.0.0.1:${port}`),
            connections,
          }),
        ),
    ],
    [
      'closes in the handshake',
      () =>
        startTcpServer((socket) => socket.once('data', () => socket.end())).then(({ port, connections }) => ({
          endpoint: new URL(`https://127.0.0.1:${port}`),
          connections,
        })),
    ],
    ['is an unexpected server', () => startRecordingServer(selfSigned)],
  ])('are tried in turn if the first %s, which is then skipped', async (_, startBad) => {
    const bad = await startBad();
    const good = await startTlsServer(trusted);
    const imageStore = clientOf(bad, { ...ours(), endpoints: [bad.endpoint, good.endpoint], connectTimeoutMs: 200 });

    await Promise.all(Array.from({ length: 8 }, () => imageStore.deleteUploadSession(SESSION)));
    const tried = bad.connections?.length;
    await imageStore.deleteUploadSession(SESSION);

    expect(good.requests).toHaveLength(9);
    expect(bad.connections?.length).toBe(tried);
  });
});
