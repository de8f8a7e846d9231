import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { BehaviourChange } from '../../../src/local/identity/controlContract.ts';
import { type IdentityEndpoint, startIdentityEndpoint } from '../../../src/local/identity/identityEndpoint.ts';
import { CLUSTER_APPLICATION, STORAGE_RESOURCE, SYSTEM_IDENTITY, TENANT } from '../../../src/local/identity/tenant.ts';
import { type Answer, ask } from '../cluster/ask.ts';

const USER_IDENTITY = '0d9f1f4e-5f0d-4d9c-8a3b-6f6c1c1f2a77';

let identity: IdentityEndpoint;

beforeAll(async () => {
  identity = await startIdentityEndpoint({ userIdentities: [USER_IDENTITY] });
});

afterEach(() => identity.control.reset());

afterAll(() => identity.close());

const VERSION = 'api-version=2019-08-01';
const FOR_CLUSTER = `${VERSION}&resource=${CLUSTER_APPLICATION}`;

function get(
  query: string,
  headers: Record<string, string> = {},
  method = 'GET',
  path = '/msi/token',
): Promise<Answer> {
  const all = { 'X-IDENTITY-HEADER': identity.secret, ...headers };
  return ask(identity.endpoint, method, `${path}?${query}`, { headers: all });
}

interface Given {
  access_token: string;
  expires_on: string;
  resource: string;
  token_type: string;
  client_id: string;
}

const given = (answer: Answer) => JSON.parse(answer.body) as Given;

function claimsOf(answer: Answer): Record<string, unknown> & { exp: number; nbf: number } {
  const [, body = ''] = given(answer).access_token.split('.');
  return JSON.parse(Buffer.from(body, 'base64url').toString());
}

describe('a token from the identity endpoint', () => {
  it('has the published form', async () => {
    const now = Math.floor(Date.now() / 1_000);
    const answer = await get(FOR_CLUSTER);

    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/json; charset=utf-8']);
    expect(given(answer)).toEqual({
      access_token: expect.stringMatching(/^eyJ[\w-]+\.[\w-]+\.[\w-]+$/),
      expires_on: expect.stringMatching(/^\d{10}$/),
      resource: CLUSTER_APPLICATION,
      token_type: 'Bearer',
      client_id: SYSTEM_IDENTITY,
    });
    expect(claimsOf(answer)).toMatchObject({
      aud: CLUSTER_APPLICATION,
      iss: `https://sts.windows.net/${TENANT}/`,
      roles: ['Admin'],
      tid: TENANT,
    });
    const { exp, nbf } = claimsOf(answer);
    expect(String(exp)).toBe(given(answer).expires_on);
    expect([exp > now + 86_000, nbf <= now - 295]).toEqual([true, true]);
  });

  it('has roles on the cluster application only', async () => {
    const answer = await get(`${VERSION}&resource=${encodeURIComponent(STORAGE_RESOURCE)}`);

    expect(claimsOf(answer)).toMatchObject({ aud: STORAGE_RESOURCE });
    expect(claimsOf(answer)).not.toHaveProperty('roles');
  });

  it('belongs to the requested user-assigned identity', async () => {
    const answer = await get(`${FOR_CLUSTER}&client_id=${USER_IDENTITY}`);

    expect([given(answer).client_id, claimsOf(answer)['appid']]).toEqual([USER_IDENTITY, USER_IDENTITY]);
    expect((await identity.control.status()).asked).toEqual([
      { resource: CLUSTER_APPLICATION, clientId: USER_IDENTITY },
    ]);
  });
});

describe('the identity endpoint', () => {
  const UNKNOWN = '11111111-2222-3333-4444-555555555555';

  it.each([
    ['without a version', `resource=${CLUSTER_APPLICATION}`, 400],
    ['with another version', `api-version=2017-09-01&resource=${CLUSTER_APPLICATION}`, 400],
    ['without a resource', VERSION, 400],
    ['with an empty resource', `${VERSION}&resource=`, 400],
    ['with a resource that the tenant does not know', `${VERSION}&resource=${UNKNOWN}`, 400],
    ['with a scope for a resource', `${FOR_CLUSTER}%2F.default`, 400],
    ['with two resources', `${FOR_CLUSTER}&resource=${CLUSTER_APPLICATION}`, 400],
    ['for an identity that the app does not have', `${FOR_CLUSTER}&client_id=${UNKNOWN}`, 400],
    ['with a parameter that it does not know', `${FOR_CLUSTER}&clientid=${USER_IDENTITY}`, 400],
  ])('rejects a request %s', async (_what, query, status) => {
    const answer = await get(query);

    expect([answer.status, JSON.parse(answer.body)]).toEqual([
      status,
      { statusCode: status, message: expect.any(String), correlationId: expect.any(String) },
    ]);
    expect((await identity.control.status()).tokens).toBe(0);
  });

  it('rejects a wrong header, another method and another path', async () => {
    const answers = await Promise.all([
      get(FOR_CLUSTER, { 'X-IDENTITY-HEADER': `${identity.secret}x` }),
      ask(identity.endpoint, 'GET', `/msi/token?${FOR_CLUSTER}`),
      get(FOR_CLUSTER, {}, 'POST'),
      get(FOR_CLUSTER, {}, 'GET', '/msi'),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([401, 401, 405, 404]);
  });

  it('counts requests and issued tokens', async () => {
    await Promise.all([get(FOR_CLUSTER), get(FOR_CLUSTER), get('')]);

    const { requests, tokens, asked } = await identity.control.status();

    expect([requests, tokens, asked.length]).toEqual([3, 2, 2]);
  });

  it('issues a new token each time, or the same until it expires', async () => {
    const [one, other] = [await get(FOR_CLUSTER), await get(FOR_CLUSTER)];
    await identity.control.behave({ keepsTokens: true, roles: ['User'] });
    const kept = [await get(FOR_CLUSTER), await get(FOR_CLUSTER)];

    expect(given(one).access_token).not.toBe(given(other).access_token);
    expect(kept.map((answer) => given(answer).access_token)).toEqual([
      given(other).access_token,
      given(other).access_token,
    ]);
  });

  it('can issue an expired token with an answer that says otherwise', async () => {
    await identity.control.behave({ lifetimeSeconds: -60 });
    const answer = await get(FOR_CLUSTER);

    const now = Date.now() / 1_000;
    expect(claimsOf(answer).exp).toBeLessThan(now);
    expect(Number(given(answer).expires_on)).toBeGreaterThan(now + 3_000);
  });

  it('fails as often as configured, and then issues tokens again', async () => {
    await identity.control.behave({ fault: { answer: { status: 500 }, times: 2 } });

    const statuses = [await get(FOR_CLUSTER), await get(FOR_CLUSTER), await get(FOR_CLUSTER)].map(
      ({ status }) => status,
    );

    expect(statuses).toEqual([500, 500, 200]);
  });

  it('can answer with invalid content', async () => {
    await identity.control.behave({ fault: { answer: { status: 200, body: '<html>', contentType: 'text/html' } } });

    const answer = await get(FOR_CLUSTER);

    expect([answer.status, answer.body, answer.headers['content-type']]).toEqual([200, '<html>', 'text/html']);
  });

  it('can end the connection, or never answer', async () => {
    await identity.control.behave({ fault: { connection: 'break', times: 1 } });
    await expect(get(FOR_CLUSTER)).rejects.toMatchObject({ code: 'ECONNRESET' });

    await identity.control.behave({ fault: { connection: 'noAnswer', times: 1 } });
    const leaving = new AbortController();
    const headers = { 'X-IDENTITY-HEADER': identity.secret };
    const unanswered = ask(identity.endpoint, 'GET', `/msi/token?${FOR_CLUSTER}`, { headers, signal: leaving.signal });
    while ((await identity.control.status()).requests < 2);
    leaving.abort();

    await expect(unanswered).rejects.toThrow('abort');
    expect((await get(FOR_CLUSTER)).status).toBe(200);
  });

  it('can answer late', async () => {
    const order: string[] = [];
    const { requests } = await identity.control.status();
    await identity.control.behave({ latencyMs: 1_000 });

    const first = get(FOR_CLUSTER).then(() => order.push('first'));
    while ((await identity.control.status()).requests === requests);
    await identity.control.behave({ latencyMs: 0 });
    await get(FOR_CLUSTER).then(() => order.push('second'));
    await first;

    expect(order).toEqual(['second', 'first']);
  });

  it.each([
    { latencyMs: -1 },
    { lifetimeSeconds: 1.5 },
    { fault: {} },
    { fault: { answer: { status: 200 }, connection: 'noAnswer' } },
    { rolls: ['Admin'] },
  ])('rejects the behaviour %j', async (change) => {
    await expect(identity.control.behave(change as BehaviourChange)).rejects.toThrow('PUT /behaviour');
  });

  it('fails if a port is in use, and leaves nothing behind', async () => {
    const taken = Number(new URL(identity.endpoint).port);
    const free = await new Promise<number>((resolve) => {
      const server = createServer().listen(0, '127.0.0.1', () => {
        const address = server.address();
        server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
      });
    });

    await expect(startIdentityEndpoint({ port: free, controlPort: taken })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
    await expect(ask(`http://127.0.0.1:${free}`, 'GET', '/')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
