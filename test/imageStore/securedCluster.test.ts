import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newSessionId } from '../../src/cleanup/model/sessionId.ts';
import { loadClientCertificate } from '../../src/imageStore/clientCertificate.ts';
import type { ImageStoreClientOptions } from '../../src/imageStore/imageStoreClient.ts';
import { type SimulatedCluster, startSimulatedCluster } from '../../src/local/cluster/simulatedCluster.ts';
import type { BehaviourChange } from '../../src/local/identity/controlContract.ts';
import { type IdentityEndpoint, startIdentityEndpoint } from '../../src/local/identity/identityEndpoint.ts';
import { CLIENT_APPLICATION, CLUSTER_APPLICATION, TENANT } from '../../src/local/identity/tenant.ts';
import { type Identity, makeCertificate, makeKey } from './certificates.ts';
import { clientOf, rejection } from './servers.ts';

/** Identities of the app, one for each test: the library caches tokens for the lifetime of the process. */
const IDENTITIES = Array.from({ length: 5 }, () => randomUUID());

const SCOPE = `${CLUSTER_APPLICATION}/.default`;

let identity: IdentityEndpoint;
let cluster: SimulatedCluster;
let server: Identity;
let admin: Identity;
let reader: Identity;
let stranger: Identity;

beforeAll(async () => {
  const key = makeKey();
  const make = (commonName: string) => makeCertificate({ commonName, key });
  [server, admin, reader, stranger] = [make('cluster'), make('admin'), make('reader'), make('stranger')];
  identity = await startIdentityEndpoint({ userIdentities: IDENTITIES });
  Object.assign(process.env, { IDENTITY_ENDPOINT: identity.endpoint, IDENTITY_HEADER: identity.secret });
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
  delete process.env['IDENTITY_ENDPOINT'];
  delete process.env['IDENTITY_HEADER'];
  await Promise.all([cluster.close(), identity.close()]);
});
beforeEach(() => identity.control.reset());

function ask(options: Partial<ImageStoreClientOptions>) {
  const serverIdentity = { thumbprints: [server.thumbprint] };
  return clientOf(cluster, { serverIdentity, ...options }).getUploadSession(newSessionId());
}

const unused = [...IDENTITIES];
const newIdentity = (): string => unused.pop() ?? '';

function certificateOf({ cert, key }: Identity) {
  const loaded = loadClientCertificate(cert + key, undefined);
  if ('error' in loaded) throw new Error(loaded.error);
  return { clientCertificate: loaded.certificate };
}

describe('a secured cluster', () => {
  it('accepts the certificate of an administrator', async () => {
    expect((await ask(certificateOf(admin))).value).toBeUndefined();
  });

  it('refuses everyone else', async () => {
    expect(await rejection(ask({}))).toMatchObject({ kind: 'accessDenied', httpStatus: 403, code: undefined });
    expect(await rejection(ask(certificateOf(stranger)))).toMatchObject({ kind: 'accessDenied', code: undefined });
    expect(await rejection(ask(certificateOf(reader)))).toMatchObject({ kind: 'accessDenied', code: 'E_ACCESSDENIED' });
  });

  it('accepts a token with the role Admin', async () => {
    expect((await ask({ entra: { scope: SCOPE, clientId: newIdentity() } })).value).toBeUndefined();
    expect((await identity.control.status()).requests).toBe(1);
  });

  it.each<[string, BehaviourChange, string | undefined]>([
    ['the role User only', { roles: ['User'] }, 'E_ACCESSDENIED'],
    ['no role', { roles: [] }, undefined],
    ['another audience', { audience: randomUUID() }, undefined],
    ['a signature that isn’t the tenant’s', { forged: true }, undefined],
  ])('refuses a token with %s, and a second one', async (_, behaviour, code) => {
    await identity.control.behave(behaviour);

    const error = await rejection(ask({ entra: { scope: SCOPE, clientId: newIdentity() } }));

    expect(error).toMatchObject({ kind: 'accessDenied', retryable: false, httpStatus: 403, code });
    expect((error as Error).message).toContain(`the app role Admin on the cluster application (${SCOPE}) is missing`);
    expect((await identity.control.status()).requests).toBe(2);
  });
});
