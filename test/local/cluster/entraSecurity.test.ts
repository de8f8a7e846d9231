import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type CertificateWithKey, makeCertificate } from '../../../src/local/certificates/makeCertificate.ts';
import type { ClusterSecurity } from '../../../src/local/cluster/clusterSecurity.ts';
import { type EntraSettings, roleOfToken } from '../../../src/local/cluster/entraToken.ts';
import { type SimulatedCluster, startSimulatedCluster } from '../../../src/local/cluster/simulatedCluster.ts';
import { Upload } from '../../../src/local/cluster/uploader.ts';
import type { BehaviourChange } from '../../../src/local/identity/controlContract.ts';
import { type IdentityEndpoint, startIdentityEndpoint } from '../../../src/local/identity/identityEndpoint.ts';
import {
  CLIENT_APPLICATION,
  CLUSTER_APPLICATION,
  STORAGE_RESOURCE,
  TENANT,
} from '../../../src/local/identity/tenant.ts';
import { ask, codeOf, deletePath, getPath } from './ask.ts';

const ID = '6f9619ff-8b86-d011-b42d-00c04fc964ff';
const HOUR_MS = 3_600_000;

let identity: IdentityEndpoint;
let server: CertificateWithKey;
let admin: CertificateWithKey;
let security: ClusterSecurity;
let entra: EntraSettings;
let cluster: SimulatedCluster;

beforeAll(async () => {
  [identity, server, admin] = await Promise.all([
    startIdentityEndpoint(),
    makeCertificate({ commonName: 'cluster', altNames: ['127.0.0.1'] }),
    makeCertificate({ commonName: 'admin' }),
  ]);
  entra = {
    tenant: TENANT,
    clusterApplication: CLUSTER_APPLICATION,
    clientApplication: CLIENT_APPLICATION,
    publicKey: identity.publicKey,
  };
  security = { server, entra, clients: { admin: { thumbprints: [admin.thumbprint] } } };
  cluster = await startSimulatedCluster({ security });
});

afterEach(async () => {
  await identity.control.reset();
  await cluster.control.setClockOffset(0);
});

afterAll(() => Promise.all([cluster.close(), identity.close()]));

async function newToken(behaviour: BehaviourChange = {}, resource = CLUSTER_APPLICATION): Promise<string> {
  await identity.control.behave(behaviour);
  const url = `${new URL(identity.endpoint).pathname}?api-version=2019-08-01&resource=${encodeURIComponent(resource)}`;
  const answer = await ask(identity.endpoint, 'GET', url, { headers: { 'X-IDENTITY-HEADER': identity.secret } });
  return (JSON.parse(answer.body) as { access_token: string }).access_token;
}

const send = (method: string, path: string, authorization?: string, at = cluster) =>
  ask(at.endpoint, method, path, {
    tls: { ca: server.cert },
    ...(authorization !== undefined && { headers: { Authorization: authorization } }),
  });
const del = (authorization?: string, at = cluster) => send('DELETE', deletePath(ID), authorization, at);

/** A token with changed claims and its old signature. */
function tamper(token: string, change: object): string {
  const [head, body = '', signature] = token.split('.');
  const claims = { ...JSON.parse(Buffer.from(body, 'base64url').toString()), ...change };
  return [head, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
}

describe('a cluster secured by Entra ID', () => {
  it('serves a client with a token with the role Admin', async () => {
    const token = await newToken();
    const file = { storeRelativePath: 'a.zip', fileSizeBytes: 9, sessionId: ID };
    await new Upload(cluster.endpoint, file, { ca: server.cert, token }).uploadChunks();

    const found = await send('GET', getPath(ID), `Bearer ${token}`);
    const deleted = await del(`Bearer ${token}`);

    expect([found.status, deleted.status]).toEqual([200, 200]);
    expect((await cluster.control.log()).at(-1)).toMatchObject({ operation: 'delete', admittedBy: 'token' });
  });

  it.each([
    ['no token', async () => undefined],
    ['another scheme', async () => `Basic ${await newToken()}`],
    ['no scheme', async () => newToken()],
    ['rubbish', async () => 'Bearer a.b.c'],
    ['an expired token', async () => `Bearer ${await newToken({ lifetimeSeconds: -1 })}`],
    ['a token for another application', async () => `Bearer ${await newToken({ audience: CLIENT_APPLICATION })}`],
    ['a token for storage', async () => `Bearer ${await newToken({}, STORAGE_RESOURCE)}`],
    ['a token of a stranger', async () => `Bearer ${await newToken({ forged: true })}`],
    ['a token without roles', async () => `Bearer ${await newToken({ roles: [] })}`],
    ['a token with an unknown role', async () => `Bearer ${await newToken({ roles: ['Admin', 'Owner'] })}`],
    ['a token with a role in another case', async () => `Bearer ${await newToken({ roles: ['admin'] })}`],
    [
      'a token with a role that was added after signing',
      async () => `Bearer ${tamper(await newToken({ roles: ['User'] }), { roles: ['Admin'] })}`,
    ],
    [
      'a token with the algorithm none',
      async () => {
        const [, body] = (await newToken()).split('.');
        return `Bearer ${Buffer.from('{"alg":"none"}').toString('base64url')}.${body}.AAAA`;
      },
    ],
  ])('refuses with 403 and no body: %s', async (_what, authorization) => {
    const answer = await del(await authorization());

    expect([answer.status, answer.reason, answer.body]).toEqual([403, 'Client certificate required', '']);
  });

  it('refuses a token outside its validity by the cluster clock', async () => {
    const authorization = `Bearer ${await newToken({ lifetimeSeconds: 3_600 })}`;
    const statusAt = async (offsetMs: number) => {
      await cluster.control.setClockOffset(offsetMs);
      return (await del(authorization)).status;
    };

    expect([await statusAt(-HOUR_MS), await statusAt(0), await statusAt(HOUR_MS)]).toEqual([403, 404, 403]);
  });

  it('refuses with 401 if configured', async () => {
    const other = await startSimulatedCluster({ security: { ...security, refusal: 401 } });

    const [none, expired] = [
      await del(undefined, other),
      await del(`Bearer ${await newToken({ lifetimeSeconds: -1 })}`, other),
    ];

    await other.close();
    expect([none.status, none.reason, none.body, expired.status]).toEqual([401, 'Unauthorized', '', 401]);
  });

  it('refuses the role User with 403 E_ACCESSDENIED, also for reading', async () => {
    const authorization = `Bearer ${await newToken({ roles: ['User'] })}`;

    const answers = [await send('GET', getPath(ID), authorization), await del(authorization)];

    expect(answers.map((answer) => [answer.status, codeOf(answer)])).toEqual([
      [403, 'E_ACCESSDENIED'],
      [403, 'E_ACCESSDENIED'],
    ]);
  });

  it('accepts a certificate instead of a valid token', async () => {
    const tls = { ca: server.cert, cert: admin.cert, key: admin.key };

    const answer = await ask(cluster.endpoint, 'DELETE', deletePath(ID), {
      tls,
      headers: { Authorization: 'Bearer x' },
    });

    expect(answer.status).toBe(404);
    expect((await cluster.control.log()).at(-1)).toMatchObject({ admittedBy: 'certificate' });
  });

  it('answers anonymous requests for the metadata of Entra ID', async () => {
    const answer = await send('GET', '/$/GetAadMetadata?api-version=1.0');

    expect([answer.status, JSON.parse(answer.body)]).toEqual([
      200,
      {
        type: 'aad',
        metadata: {
          authority: `https://login.microsoftonline.com/${TENANT}`,
          client: CLIENT_APPLICATION,
          cluster: CLUSTER_APPLICATION,
          login: 'https://login.microsoftonline.com',
          redirect: 'urn:ietf:wg:oauth:2.0:oob',
          tenant: TENANT,
        },
      },
    ]);
  });

  it('shows no secret in its log and its state', async () => {
    const token = await newToken();
    const known = [token, token.split('.')[2] ?? '', server.key, admin.key, identity.secret];
    await del(`Bearer ${token}`);
    await identity.control.behave({ roles: ['User'] });

    const { control } = cluster;
    const shown = [
      await control.log(),
      await control.status(),
      await control.faults(),
      await identity.control.status(),
    ];

    const text = JSON.stringify(shown);
    expect(text).toContain(ID);
    for (const secret of known) expect(text).not.toContain(secret.trim());
    expect(text).not.toMatch(/eyJ|PRIVATE KEY/);
  });
});

describe('a token', () => {
  it('is valid for its own tenant, application and key only', async () => {
    const authorization = `Bearer ${await newToken()}`;
    const stranger = await startIdentityEndpoint();
    await stranger.close();
    const roleFor = (other: Partial<EntraSettings>) => roleOfToken(authorization, { ...entra, ...other }, Date.now());

    expect(roleFor({})).toBe('admin');
    expect(roleFor({ tenant: CLIENT_APPLICATION })).toBeUndefined();
    expect(roleFor({ clusterApplication: CLIENT_APPLICATION })).toBeUndefined();
    expect(roleFor({ publicKey: stranger.publicKey })).toBeUndefined();
  });
});
