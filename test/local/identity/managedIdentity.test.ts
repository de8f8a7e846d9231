import { ManagedIdentityCredential } from '@azure/identity';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type IdentityEndpoint, startIdentityEndpoint } from '../../../src/local/identity/identityEndpoint.ts';
import { CLUSTER_APPLICATION } from '../../../src/local/identity/tenant.ts';

const USER_IDENTITY = '0d9f1f4e-5f0d-4d9c-8a3b-6f6c1c1f2a77';

let identity: IdentityEndpoint;

beforeAll(async () => {
  identity = await startIdentityEndpoint({ userIdentities: [USER_IDENTITY] });
  process.env['IDENTITY_ENDPOINT'] = identity.endpoint;
  process.env['IDENTITY_HEADER'] = identity.secret;
});

afterAll(async () => {
  delete process.env['IDENTITY_ENDPOINT'];
  delete process.env['IDENTITY_HEADER'];
  await identity.close();
});

describe('the identity endpoint and the client library of Azure', () => {
  it('work together, for both kinds of identity', async () => {
    const system = await new ManagedIdentityCredential().getToken(`${CLUSTER_APPLICATION}/.default`);
    const user = await new ManagedIdentityCredential({ clientId: USER_IDENTITY }).getToken(CLUSTER_APPLICATION);

    expect([system.tokenType, user.tokenType]).toEqual(['Bearer', 'Bearer']);
    expect(system.expiresOnTimestamp).toBeGreaterThan(Date.now() + 86_000_000);
    expect((await identity.control.status()).asked).toEqual([
      { resource: CLUSTER_APPLICATION, clientId: null },
      { resource: CLUSTER_APPLICATION, clientId: USER_IDENTITY },
    ]);
  });
});
