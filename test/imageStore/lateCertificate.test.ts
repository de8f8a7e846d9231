import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type ClientCertificate, loadClientCertificate } from '../../src/imageStore/clientCertificate.ts';
import type { ImageStoreClientOptions } from '../../src/imageStore/imageStoreClient.ts';
import { type Identity, makeCertificate, makeKey } from './certificates.ts';
import { clientOf, listen, rejection, SESSION, sessionAnswer } from './servers.ts';
import { type AskingLateServer, startAskingLateServer } from './tlsServers.ts';

let ca: Identity;
let gateway: Identity;
let client: Identity;

beforeAll(() => {
  const key = makeKey();
  ca = makeCertificate({ commonName: 'Test CA', isCa: true, key });
  gateway = makeCertificate({ commonName: 'gateway', key });
  client = makeCertificate({ commonName: 'sweeper', issuer: ca, key: makeKey() });
});

const asACluster: RequestListener = (request, response) => {
  if (request.method === 'GET') response.writeHead(200).end(sessionAnswer());
  else if (request.url?.includes(SESSION)) response.writeHead(200).end();
  else response.writeHead(404).end('{"Error":{"Code":"NotFound","Message":"Null"}}');
};

/** A gateway that asks for the client certificate after each connection's first request. */
const startLate = (options: { maxVersion?: 'TLSv1.2'; minVersion?: 'TLSv1.3' } = {}, answer = asACluster) =>
  startAskingLateServer(gateway, { ...options, ca: [ca.cert] }, answer);

function certificateOf({ cert, key }: Identity): ClientCertificate {
  const loaded = loadClientCertificate(cert + key, undefined);
  if ('error' in loaded) throw new Error(loaded.error);
  return loaded.certificate;
}

const clientAt = (server: AskingLateServer, options: Partial<ImageStoreClientOptions> = {}) =>
  clientOf(server, {
    serverIdentity: { thumbprints: [gateway.thumbprint] },
    clientCertificate: certificateOf(client),
    probeWaitMs: 1,
    ...options,
  });

const clientsOf = (server: AskingLateServer) => server.requests.map((request) => request.client);

describe('a client certificate that is requested after the HTTP request', () => {
  it('arrives over TLS 1.2, and its connection is kept', async () => {
    const server = await startLate({ maxVersion: 'TLSv1.2' });
    const imageStore = clientAt(server);

    for (let n = 0; n < 3; n++) await imageStore.deleteUploadSessionIf(SESSION, () => true);

    expect(clientsOf(server)).toEqual(Array(6).fill('CN=sweeper'));
    expect(server.connections.length).toBe(1);
  });

  it('arrives on 8 connections at a time', async () => {
    const server = await startLate({ maxVersion: 'TLSv1.2' });
    const imageStore = clientAt(server);

    await Promise.all(Array.from({ length: 32 }, () => imageStore.getUploadSession(SESSION)));

    expect(clientsOf(server)).toEqual(Array(32).fill('CN=sweeper'));
  });

  it('does not arrive over TLS 1.3, so a look-up falls back to TLS 1.2, and its DELETE follows there', async () => {
    const server = await startLate();
    const imageStore = clientAt(server);

    for (let n = 0; n < 2; n++) await imageStore.deleteUploadSessionIf(SESSION, () => true);

    expect(server.versions).toEqual(['TLSv1.3', ...Array(4).fill('TLSv1.2')]);
    expect(server.requests.map(({ line }) => line.slice(0, 3))).toEqual(['GET', 'GET', 'DEL', 'GET', 'DEL']);
    expect(server.connections.length).toBe(2);
  });

  it('does not arrive over TLS 1.3, so a probe falls back, and reports that', async () => {
    const server = await startLate();
    const imageStore = clientAt(server);

    const probes = [await imageStore.probe(), await imageStore.probe()];
    await imageStore.getUploadSession(SESSION);

    expect(probes).toMatchObject(Array(2).fill({ verdict: 'good', tlsVersion: 'TLSv1.2', needsTls12: true }));
    expect(server.versions).toEqual(['TLSv1.3', 'TLSv1.2', 'TLSv1.2', 'TLSv1.2']);
  });

  it('no longer makes a gateway fall back that was upgraded and speaks only TLS 1.3', async () => {
    const before = await startLate();
    const imageStore = clientAt(before);
    const late = await imageStore.probe();
    await before.close();
    const options = { ...gateway, ca: ca.cert, minVersion: 'TLSv1.3', requestCert: true } as const;
    await listen(createServer(options, asACluster), 'https', before.port);

    const upgraded = await imageStore.probe();

    expect([late, upgraded]).toMatchObject([{ needsTls12: true }, { verdict: 'good', tlsVersion: 'TLSv1.3' }]);
    expect(upgraded).not.toHaveProperty('needsTls12');
  });

  it('is requested over TLS 1.2 once for many calls at the same time', async () => {
    const server = await startLate();
    const imageStore = clientAt(server);

    await Promise.all(Array.from({ length: 8 }, () => imageStore.deleteUploadSessionIf(SESSION, () => true)));
    const before = server.versions.length;
    await imageStore.deleteUploadSessionIf(SESSION, () => true);

    expect(server.versions.slice(before)).toEqual(['TLSv1.2', 'TLSv1.2']);
  });

  it('does not make a guarded DELETE fall back: that waits for the next look-up', async () => {
    const lines: string[] = [];
    const server = createServer({ key: gateway.key, cert: gateway.cert }, (request, response) => {
      const version = (request.socket as TLSSocket).getProtocol();
      lines.push(`${request.method} ${version}`);
      if (request.method === 'GET') response.writeHead(200).end(sessionAnswer());
      else response.writeHead(403, 'Client certificate required').end();
    });
    const imageStore = clientAt({ ...(await listen(server, 'https')), requests: [], versions: [] });

    const error = await rejection(imageStore.deleteUploadSessionIf(SESSION, () => true));

    expect(error).toMatchObject({ kind: 'accessDenied', deleteSent: false });
    expect(lines).toEqual(['GET TLSv1.3', 'DELETE TLSv1.3']);
  });

  it('makes only its own endpoint fall back', async () => {
    const [first, second] = [await startLate(), await startLate()];
    const imageStore = clientAt(first, { endpoints: [first.endpoint, second.endpoint] });
    await imageStore.getUploadSession(SESSION);
    await first.close();

    await imageStore.deleteUploadSessionIf(SESSION, () => true);

    expect(second.versions).toEqual(['TLSv1.3', 'TLSv1.2', 'TLSv1.2']);
  });

  it.each<[string, Parameters<typeof startLate>[0], (string | null)[]]>([
    ['not even over TLS 1.2', {}, ['TLSv1.3', 'TLSv1.2']],
    ['by a gateway without TLS 1.2', { minVersion: 'TLSv1.3' }, ['TLSv1.3']],
    ['by a gateway without TLS 1.3', { maxVersion: 'TLSv1.2' }, ['TLSv1.2']],
  ])('and is not accepted, %s, is reported as missing or not trusted', async (_, options, versions) => {
    const server = await startLate(options);
    const stranger = certificateOf(makeCertificate({ commonName: 'stranger' }));

    const error = await rejection(clientAt(server, { clientCertificate: stranger }).getUploadSession(SESSION));

    expect(error).toMatchObject({ kind: 'accessDenied', retryable: false, httpStatus: 403 });
    expect((error as Error).message).toContain(
      `denies access to the client certificate CN=stranger (${stranger.thumbprint}) (403 without a body, "Client certificate ` +
        'required"): the client certificate was not received, or is not trusted by the cluster.',
    );
    expect(server.versions).toEqual(versions);
  });

  it('and that the app does not have does not make a call fall back', async () => {
    const server = await startLate();
    const imageStore = clientOf(server, { serverIdentity: { thumbprints: [gateway.thumbprint] } });

    const error = await rejection(imageStore.getUploadSession(SESSION));

    expect(error).toMatchObject({ kind: 'accessDenied', httpStatus: 403 });
    expect((error as Error).message).toContain('the cluster requires a client certificate or an Entra token');
    expect(server.versions).toEqual(['TLSv1.3']);
  });

  it('does not make a call fall back if it arrived, but is not an administrator’s', async () => {
    const server = await startAskingLateServer(gateway, { ca: [ca.cert], maxVersion: 'TLSv1.2' }, (_, response) =>
      response.writeHead(403).end('{"Error":{"Code":"E_ACCESSDENIED"}}'),
    );

    const error = await rejection(clientAt(server).getUploadSession(SESSION));

    expect((error as Error).message).toContain('it is not the certificate of an admin client');
    expect(server.versions).toEqual(['TLSv1.2']);
  });
});

it('a probe reports the TLS version if it does not need to fall back', async () => {
  const server = await startAskingLateServer(gateway, { ca: [ca.cert], maxVersion: 'TLSv1.2' }, asACluster);

  const probe = await clientAt(server).probe();

  expect(probe).toMatchObject({ verdict: 'good', tlsVersion: 'TLSv1.2' });
  expect(probe).not.toHaveProperty('needsTls12');
});
