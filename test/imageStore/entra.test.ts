import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ImageStoreClient } from '../../src/cleanup/model/uploadSession.ts';
import type { EntraAccess } from '../../src/imageStore/entraGateways.ts';
import { askMetadataScope } from '../../src/imageStore/entraMetadata.ts';
import type { ImageStoreClientOptions } from '../../src/imageStore/imageStoreClient.ts';
import { type Identity, makeCertificate } from './certificates.ts';
import { type ManagedIdentityEndpoint, startManagedIdentity } from './managedIdentity.ts';
import { clientOf, listen, rejection, SESSION, sessionAnswer } from './servers.ts';
import { startRecordingServer } from './tlsServers.ts';

let endpoint: ManagedIdentityEndpoint;
let gateway: Identity;

beforeAll(async () => {
  endpoint = await startManagedIdentity();
  Object.assign(process.env, endpoint.environment);
  gateway = makeCertificate({ commonName: 'gateway' });
});
afterAll(async () => {
  for (const name of Object.keys(endpoint.environment)) delete process.env[name];
  await endpoint.close();
});
beforeEach(() => endpoint.reset());

/** A cluster that checks tokens, and reports its application to anyone. */
async function startCluster() {
  // Each cluster has its own application: the library caches tokens for the lifetime of the process.
  const application = randomUUID();
  const cluster = {
    application,
    /** The `Authorization` headers that it received, except those of metadata requests. */
    authorizations: [] as (string | undefined)[],
    metadataRequests: [] as (string | undefined)[],
    metadata: JSON.stringify({ type: 'aad', metadata: { cluster: application, tenant: randomUUID() } }),
    metadataStatus: 200,
    /** Decides the status by the token. */
    judge: (_token: string, _method: string): number => 200,
    methods: [] as string[],
  };
  const server = createServer({ key: gateway.key, cert: gateway.cert }, (request, response) => {
    const { authorization } = request.headers;
    if (request.url === '/$/GetAadMetadata?api-version=1.0') {
      cluster.metadataRequests.push(authorization);
      response.writeHead(cluster.metadataStatus).end(cluster.metadata);
      return;
    }
    cluster.authorizations.push(authorization);
    const token = authorization?.replace(/^Bearer /, '') ?? '';
    const method = request.method ?? '';
    cluster.methods.push(method);
    const status = endpoint.tokens.includes(token) ? cluster.judge(token, method) : 401;
    if (status === 401 || status === 403 || method === 'DELETE') response.writeHead(status).end();
    else response.writeHead(status).end(sessionAnswer());
  });
  const { endpoint: address } = await listen(server, 'https');
  const clientWith = (
    entra: Partial<EntraAccess> = {},
    options: Partial<ImageStoreClientOptions> = {},
  ): ImageStoreClient =>
    clientOf(
      { endpoint: address },
      {
        serverIdentity: { thumbprints: [gateway.thumbprint] },
        entra: { scope: `${application}/.default`, ...entra },
        ...options,
      },
    );
  return { ...cluster, state: cluster, endpoint: address, clientWith };
}

/** Answers the pending request for a token. */
function giveToken(response: ServerResponse, resource: string): void {
  endpoint.tokens.push('late');
  const expires_on = String(Math.floor(Date.now() / 1000) + 3_600);
  response
    .writeHead(200, { 'Content-Type': 'application/json' })
    .end(JSON.stringify({ access_token: 'late', expires_on, token_type: 'Bearer', resource }));
}

describe('a token', () => {
  it('is requested for the scope of the settings, never for the one that the cluster names', async () => {
    const cluster = await startCluster();
    const application = randomUUID();

    await cluster.clientWith({ scope: `api://${application}/.default` }).deleteUploadSession(SESSION);

    expect(endpoint.requests).toEqual([{ resource: `api://${application}`, clientId: undefined }]);
    expect(cluster.authorizations).toEqual([`Bearer ${endpoint.tokens.at(-1)}`]);
    expect(cluster.metadataRequests).toEqual([]);
  });

  it('can be that of a user-assigned identity', async () => {
    const cluster = await startCluster();
    endpoint.clientIds.add('9a8b0000-0000-4000-8000-000000000001');

    await cluster.clientWith({ clientId: '9a8b0000-0000-4000-8000-000000000001' }).deleteUploadSession(SESSION);

    expect(endpoint.requests).toEqual([
      { resource: cluster.application, clientId: '9a8b0000-0000-4000-8000-000000000001' },
    ]);
  });

  it('is requested once for 32 calls at the same time', async () => {
    const cluster = await startCluster();
    const imageStore = cluster.clientWith();

    await Promise.all(Array.from({ length: 32 }, () => imageStore.getUploadSession(SESSION).catch(() => {})));
    await imageStore.deleteUploadSession(SESSION);

    expect(endpoint.requests).toHaveLength(1);
    expect(cluster.authorizations).toHaveLength(33);
  });

  it('that is about to expire is renewed before it is used', async () => {
    const cluster = await startCluster();
    const imageStore = cluster.clientWith();
    endpoint.lifetimeSeconds = 120;
    await imageStore.deleteUploadSession(SESSION);
    endpoint.lifetimeSeconds = 3_600;

    await imageStore.deleteUploadSession(SESSION);
    await imageStore.deleteUploadSession(SESSION);

    expect(endpoint.requests).toHaveLength(2);
    expect(
      cluster.authorizations.map((each) => endpoint.tokens.indexOf(String(each).slice(7)) - endpoint.tokens.length),
    ).toEqual([-2, -1, -1]);
  });

  it('that is about to expire is still used while no new one is available', async () => {
    const cluster = await startCluster();
    const imageStore = cluster.clientWith({ tokenTimeoutMs: 500 });
    endpoint.lifetimeSeconds = 120;
    await imageStore.deleteUploadSession(SESSION);
    endpoint.misbehave = () => {}; // no answer

    await imageStore.deleteUploadSession(SESSION);

    expect(new Set(cluster.authorizations).size).toBe(1);
  });

  it.each([401, 403])('that the cluster refuses with %d is renewed once, and the call is repeated', async (status) => {
    const cluster = await startCluster();
    const refused = endpoint.tokens.length; // the next one's place
    cluster.state.judge = (token) => (endpoint.tokens.indexOf(token) === refused ? status : 200);

    await cluster.clientWith().deleteUploadSession(SESSION);

    expect(endpoint.requests).toHaveLength(2);
    expect(cluster.authorizations).toHaveLength(2);
  });

  it('that the cluster refuses is renewed once for all calls', async () => {
    const cluster = await startCluster();
    const imageStore = cluster.clientWith();
    await imageStore.deleteUploadSession(SESSION);
    const good = endpoint.tokens.length;
    cluster.state.judge = (token) => (endpoint.tokens.indexOf(token) >= good ? 200 : 401);

    await Promise.all(Array.from({ length: 32 }, () => imageStore.deleteUploadSession(SESSION)));

    expect(endpoint.requests).toHaveLength(2);
  });

  it('that is refused and refused again is not renewed at each call', async () => {
    const cluster = await startCluster();
    const imageStore = cluster.clientWith();
    cluster.state.judge = () => 403;

    const errors = await Promise.all(
      Array.from({ length: 8 }, () => rejection(imageStore.deleteUploadSession(SESSION))),
    );
    errors.push(await rejection(imageStore.deleteUploadSession(SESSION)));

    for (const error of errors)
      expect(error).toMatchObject({ kind: 'accessDenied', retryable: false, httpStatus: 403 });
    expect((errors[0] as Error).message).toContain(
      `the app role Admin on the cluster application (${cluster.application}/.default) is missing`,
    );
    expect(endpoint.requests).toHaveLength(2);
  });

  it('that can’t be renewed leaves the cluster’s refusal as the result', async () => {
    const cluster = await startCluster();
    const imageStore = cluster.clientWith({ tokenTimeoutMs: 500 });
    await imageStore.deleteUploadSession(SESSION);
    cluster.state.judge = () => 401;
    endpoint.misbehave = () => {};

    const error = await rejection(imageStore.deleteUploadSession(SESSION));

    expect(error).toMatchObject({ kind: 'accessDenied', httpStatus: 401, requestId: expect.any(String) });
  });

  it('never reaches an unexpected server', async () => {
    const impostor = makeCertificate({ commonName: 'gateway', key: gateway.privateKey });
    const server = await startRecordingServer(impostor);
    const serverIdentity = { thumbprints: [gateway.thumbprint] };

    const entra = { scope: `${randomUUID()}/.default` };
    const error = await rejection(clientOf(server, { serverIdentity, entra }).deleteUploadSession(SESSION));
    await server.ended;

    expect(error).toMatchObject({ kind: 'unreachable' });

    expect(Buffer.concat(server.received).length).toBe(0);
  });
});

describe('a guarded DELETE', () => {
  it('has the token of its look-up', async () => {
    const cluster = await startCluster();

    await cluster.clientWith().deleteUploadSessionIf(SESSION, () => true);

    expect(cluster.methods).toEqual(['GET', 'DELETE']);
    expect(new Set(cluster.authorizations)).toEqual(new Set([`Bearer ${endpoint.tokens.at(-1)}`]));
  });

  it('starts with a new look-up if a token was refused and the next one came late', async () => {
    const cluster = await startCluster();
    const refused = endpoint.tokens.length;
    const imageStore = cluster.clientWith({}, { maxConnections: 1 });
    let give = (): void => {};
    const late = new Promise<void>((resolve) => {
      cluster.state.judge = (token) => {
        if (endpoint.tokens.indexOf(token) !== refused) return 200;
        endpoint.misbehave = (response) => {
          give = () => giveToken(response, cluster.application);
          resolve();
        };
        return 401;
      };
    });
    let decided = 0;
    const deletion = imageStore.deleteUploadSessionIf(SESSION, () => {
      decided += 1;
      return true;
    });
    await late;

    // Meanwhile it does not hold the only connection slot.
    cluster.state.judge = () => 200;
    await imageStore.getUploadSession(SESSION);
    expect([decided, cluster.methods]).toEqual([0, ['GET', 'GET']]);
    give();

    await deletion;
    expect([decided, cluster.methods]).toEqual([1, ['GET', 'GET', 'GET', 'DELETE']]);
  });

  it.each([401, 403])('that is refused with %d is not sent again with another token', async (status) => {
    const cluster = await startCluster();
    cluster.state.judge = (_, method) => (method === 'DELETE' ? status : 200);

    const error = await rejection(cluster.clientWith().deleteUploadSessionIf(SESSION, () => true));

    expect(error).toMatchObject({ kind: 'accessDenied', httpStatus: status, deleteSent: false });
    expect(cluster.methods).toEqual(['GET', 'DELETE']);
    expect(endpoint.requests).toHaveLength(1);
  });
});

describe('a probe', () => {
  it('is made with a token, and repeated with another if the first is refused', async () => {
    const cluster = await startCluster();
    const refused = endpoint.tokens.length;
    cluster.state.judge = (token) => (endpoint.tokens.indexOf(token) === refused ? 401 : 503);

    const probe = await cluster.clientWith({}, { probeWaitMs: 1 }).probe();

    expect(probe).toMatchObject({ verdict: 'clusterUnavailable', error: { httpStatus: 503 } });
    expect(endpoint.requests).toHaveLength(2);
    expect(cluster.methods).toHaveLength(4);
  });

  it('without a token is "access denied", and asks the cluster nothing', async () => {
    const cluster = await startCluster();
    endpoint.misbehave = (response) => response.destroy();

    const probe = await cluster.clientWith({ tokenTimeoutMs: 50 }, { probeWaitMs: 1 }).probe();

    expect(probe).toMatchObject({
      verdict: 'accessDenied',
      error: { kind: 'accessDenied', httpStatus: undefined, message: expect.stringContaining('no Entra token') },
    });
    expect(cluster.methods).toEqual([]);
  });
});

describe('without a token', () => {
  it.each<[string, () => void]>([
    ['the endpoint refuses', () => {}], // The endpoint does not have the identity below.
    [
      'the endpoint fails',
      () => {
        endpoint.misbehave = (response) => response.writeHead(500).end('{"error":"oops"}');
      },
    ],
    [
      'the endpoint answers a page',
      () => {
        endpoint.misbehave = (response) => response.writeHead(200).end('<html>');
      },
    ],
    [
      'the endpoint answers no token',
      () => {
        endpoint.misbehave = (response) => response.writeHead(200).end('{}');
      },
    ],
    [
      'the endpoint’s token can’t stand in a header',
      () => {
        endpoint.misbehave = (response) =>
          response
            .writeHead(200, { 'Content-Type': 'application/json' })
            .end(JSON.stringify({ access_token: 'ey\nsecret', expires_on: String(Date.now()), token_type: 'Bearer' }));
      },
    ],
    [
      'the endpoint is deaf',
      () => {
        endpoint.misbehave = () => {};
      },
    ],
    [
      'the endpoint cuts the connection',
      () => {
        endpoint.misbehave = (response) => response.destroy();
      },
    ],
  ])('because %s, the cluster isn’t asked and access counts as denied', async (_, prepare) => {
    const cluster = await startCluster();
    prepare();

    const error = await rejection(
      cluster.clientWith({ clientId: 'unknown', tokenTimeoutMs: 2_000 }).deleteUploadSession(SESSION),
    );

    expect(error).toMatchObject({
      kind: 'accessDenied',
      retryable: false,
      httpStatus: undefined,
      requestId: undefined,
    });
    expect((error as Error).message).toContain(`no Entra token for ${cluster.application}/.default could be obtained`);
    expect(inspect(error, { depth: 20 })).not.toContain(endpoint.environment.IDENTITY_HEADER);
    expect(inspect(error, { depth: 20 })).not.toContain('secret');
    expect(cluster.authorizations).toEqual([]);
  });

  it('a later call gets one once the endpoint works again', async () => {
    const cluster = await startCluster();
    const imageStore = cluster.clientWith({ tokenTimeoutMs: 500 });
    endpoint.misbehave = () => {};
    await rejection(imageStore.deleteUploadSession(SESSION));
    endpoint.misbehave = undefined;

    await imageStore.deleteUploadSession(SESSION);

    expect(cluster.authorizations).toHaveLength(1);
  });

  it('an aborted call ends at once, and the others get theirs', async () => {
    const cluster = await startCluster();
    const imageStore = cluster.clientWith();
    const controller = new AbortController();
    let answerLate: (() => void) | undefined;
    const asked = new Promise<void>((resolve) => {
      endpoint.misbehave = (response) => {
        answerLate = () => giveToken(response, cluster.application);
        resolve();
      };
    });
    const patient = imageStore.deleteUploadSession(SESSION);
    const aborted = rejection(imageStore.deleteUploadSession(SESSION, { signal: controller.signal }));
    await asked;

    controller.abort();
    expect(await aborted).toMatchObject({ kind: 'aborted' });
    answerLate?.();

    await patient;
    expect(cluster.authorizations).toEqual(['Bearer late']);
  });
});

describe('the cluster’s Entra metadata', () => {
  const ask = (endpoint: URL) =>
    askMetadataScope({ endpoints: [endpoint], serverIdentity: { thumbprints: [gateway.thumbprint] } });

  it('is readable without a token, and names its application', async () => {
    const cluster = await startCluster();

    expect(await ask(cluster.endpoint)).toBe(`${cluster.application}/.default`);
    expect(cluster.metadataRequests).toEqual([undefined]);
    expect(endpoint.requests).toEqual([]);
  });

  it.each<[string, number, string, object]>([
    ['is refused', 403, '', { kind: 'accessDenied' }],
    ['fails', 503, '', { kind: 'busy', retryable: true }],
    ['is a page', 200, '<html>', { kind: 'unexpectedAnswer' }],
    ['names no application', 200, '{"type":"aad","metadata":{"cluster":null}}', { kind: 'unexpectedAnswer' }],
    [
      'name someone else’s resource',
      200,
      '{"type":"aad","metadata":{"cluster":"https://management.azure.com"}}',
      { kind: 'unexpectedAnswer' },
    ],
  ])('that %s are an error', async (_, status, body, expected) => {
    const cluster = await startCluster();
    Object.assign(cluster.state, { metadata: body, metadataStatus: status });

    expect(await rejection(ask(cluster.endpoint))).toMatchObject(expected);
  });

  it('is not requested from an unexpected server', async () => {
    const server = await startRecordingServer(makeCertificate({ commonName: 'gateway', key: gateway.privateKey }));

    expect(await rejection(ask(server.endpoint))).toMatchObject({ kind: 'unreachable' });
    await server.ended;
    expect(Buffer.concat(server.received).length).toBe(0);
  });
});
