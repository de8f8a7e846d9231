import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type SimulatedCluster, startSimulatedCluster } from '../../src/local/cluster/simulatedCluster.ts';
import { foreignRequest } from '../../src/local/foreignRequest.ts';
import { type IdentityEndpoint, startIdentityEndpoint } from '../../src/local/identity/identityEndpoint.ts';
import { ask } from './cluster/ask.ts';

describe('a request is foreign', () => {
  it.each([
    ['evil.example', undefined],
    ['evil.example:7071', undefined],
    ['localhost.evil.example:7071', undefined],
    ['127.0.0.1.evil.example', undefined],
    ['127.0.0.2', undefined],
    ['localhost:7071@evil.example', undefined],
    ['', undefined],
    ['localhost:7071', 'https://evil.example'],
    ['localhost:7071', 'null'],
    ['localhost:7071', ''],
    ['localhost:7071', 'http://localhost:3000'],
    ['localhost:7071', 'http://127.0.0.1:7071'],
    ['localhost:7071', 'https://localhost:7071'],
    ['evil.example:7071', 'http://evil.example:7071'],
    [undefined, 'http://undefined'],
  ])('for the host %s from the origin %s', (host, origin) => {
    expect(foreignRequest({ host, origin })).toMatch(/^Refused: /);
  });

  it.each([
    ['localhost:7071', undefined],
    ['LOCALHOST:7071', undefined],
    ['127.0.0.1', undefined],
    ['[::1]:7071', undefined],
    [undefined, undefined],
    ['localhost:7071', 'http://localhost:7071'],
    ['127.0.0.1:7071', 'http://127.0.0.1:7071'],
    ['localhost', 'http://localhost'],
  ])('but not for the host %s from the origin %s', (host, origin) => {
    expect(foreignRequest({ host, origin })).toBeUndefined();
  });
});

describe('a control port', () => {
  let cluster: SimulatedCluster;
  let identity: IdentityEndpoint;

  beforeAll(async () => {
    [cluster, identity] = await Promise.all([startSimulatedCluster(), startIdentityEndpoint()]);
  });
  afterAll(() => Promise.all([cluster.close(), identity.close()]));

  it('refuses a form of another site, and a name that was rebound to this machine, with the reason', async () => {
    for (const [endpoint, path] of [
      [cluster.controlEndpoint, '/failover'],
      [identity.controlEndpoint, '/reset'],
    ] as const) {
      const posted = await ask(endpoint, 'POST', path, { headers: { Origin: 'https://evil.example' } });
      const rebound = await ask(endpoint, 'POST', path, { headers: { Host: 'evil.example' } });

      expect([posted.status, rebound.status]).toEqual([403, 403]);
      expect(JSON.parse(posted.body).error).toContain('comes from a web page of the origin "https://evil.example"');
      expect(JSON.parse(rebound.body).error).toContain('is for the host "evil.example"');
    }
  });
});
