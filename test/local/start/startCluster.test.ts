import { afterEach, describe, expect, it } from '@jest/globals';
import { type Child, startChild } from '../../../src/local/childProcess.ts';
import { Upload } from '../../../src/local/cluster/uploader.ts';
import { CLUSTER_APPLICATION } from '../../../src/local/identity/tenant.ts';
import { startCluster } from '../../../src/local/start/startCluster.ts';
import { ask, deletePath } from '../cluster/ask.ts';

const FILE = { storeRelativePath: 'a.zip', fileSizeBytes: 9 };

const running: Child[] = [];

afterEach(async () => {
  for (const child of running.splice(0)) await child.stop();
});

async function start(script: string, options: Parameters<typeof startChild>[1]): Promise<Child> {
  const url = new URL(`../../../src/local/start/${script}`, import.meta.url);
  const child = await startChild(url, { ...options, execArgv: [] });
  running.push(child);
  return child;
}

describe('the cluster of npm start', () => {
  it('is not secured by default, with any settings in the environment', async () => {
    const { gateway, credentials, settings, authentication } = await startCluster('0', undefined, start);
    await new Upload(gateway, FILE, credentials).uploadChunks();

    expect(settings).toMatchObject({
      CLUSTER_AUTH: 'none',
      CLUSTER_ENDPOINTS: gateway,
      CLUSTER_CLIENT_CERTIFICATE: '',
    });
    expect(authentication).toEqual(['not secured']);
  });

  it('accepts a certificate', async () => {
    const { gateway, control, credentials, settings, authentication } = await startCluster('0', 'certificate', start);
    await new Upload(gateway, FILE, credentials).uploadChunks();

    expect((await control.sessions()).length).toBe(1);
    expect(settings).toMatchObject({ CLUSTER_AUTH: 'certificate', CLUSTER_ENDPOINTS: gateway, CLUSTER_CA: '' });
    expect(authentication).toEqual([
      'client certificate CN=upload-session-sweeper',
      'server certificate CN=simulated-cluster, by its thumbprint',
    ]);
  });

  it('accepts a token of the identity endpoint, on a separate port', async () => {
    const { gateway, credentials, settings, authentication } = await startCluster('0', 'entra', start);
    const upload = new Upload(gateway, FILE, credentials);
    await upload.uploadChunks();

    const path = `/msi/token?api-version=2019-08-01&resource=${CLUSTER_APPLICATION}`;
    const secret = settings['IDENTITY_HEADER'] ?? '';
    const given = await ask(settings['IDENTITY_ENDPOINT'] ?? '', 'GET', path, {
      headers: { 'X-IDENTITY-HEADER': secret },
    });
    const { access_token: token } = JSON.parse(given.body) as { access_token: string };
    const tokens = settings['CLUSTER_ENDPOINTS'] ?? '';
    const del = (endpoint: string) =>
      ask(endpoint, 'DELETE', deletePath(upload.sessionId), {
        tls: { ca: credentials?.ca },
        headers: { Authorization: `Bearer ${token}` },
      });
    const deleted = await del(tokens);

    expect(deleted.status).toBe(200);
    expect(tokens).not.toBe(gateway);
    await expect(del(gateway)).rejects.toThrow(/certificate required/);
    expect(settings).toMatchObject({ CLUSTER_AUTH: 'entra', CLUSTER_CLIENT_CERTIFICATE: '' });
    expect(authentication[0]).toBe(`token of the identity endpoint, at ${tokens}`);
    for (const child of running) expect(child.output()).not.toContain(secret);
  });
});
