import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildApp, PROJECT } from '../../src/local/build/buildApp.ts';
import { stageApp } from '../../src/local/build/stageApp.ts';
import { startApp } from '../support/app.ts';

const PATIENCE_MS = 120_000;
const readJson = (path: string) => JSON.parse(readFileSync(join(PROJECT, path), 'utf8'));

describe('the version', () => {
  const { version } = readJson('package.json');
  let folder: string;
  const deployed = () => join(folder, 'app');
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'version-'));
    const dist = join(folder, 'dist');
    await buildApp(dist);
    await stageApp({ project: PROJECT, dist, folder: deployed() });
  }, PATIENCE_MS);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('is a released one, and the newest of the changelog and the lock file', () => {
    const changelog = readFileSync(join(PROJECT, 'CHANGELOG.md'), 'utf8');
    const lock = readJson('package-lock.json');

    expect(version).toMatch(/^[1-9]\d*\.\d+\.\d+$/);
    expect(/^## \[(\d.*)\] - \d{4}-\d{2}-\d{2}$/m.exec(changelog)?.[1]).toBe(version);
    expect([lock.version, lock.packages[''].version]).toEqual([version, version]);
  });

  it.each([
    ['sources', () => ({ hostArguments: [], cli: join(PROJECT, 'src/cli/main.ts') })],
    ['bundle', () => ({ hostArguments: ['--app', deployed(), '--bundle'], cli: join(deployed(), 'dist/cli.js') })],
  ])(
    'is the same in --version, the API description, the page and the calls to the cluster, from the %s',
    async (_, places) => {
      const { hostArguments, cli } = places();
      const agents: (string | undefined)[] = [];
      const cluster = createServer((request, response) => {
        agents.push(request.headers['user-agent']);
        response.writeHead(404).end();
      }).listen(0, '127.0.0.1');
      await once(cluster, 'listening');
      const { port } = cluster.address() as AddressInfo;
      const app = await startApp({ CLUSTER_ENDPOINTS: `http://127.0.0.1:${port}` }, {}, hostArguments);
      try {
        const get = async (path: string) => (await fetch(`${app.url}/api/${path}`)).json();
        const description = (await get('openapi.json')) as { info: { version: string } };
        // The page shows the version of its status.
        const status = (await get('dashboard/status')) as { version: string };
        await fetch(`${app.url}/api/upload-sessions/${crypto.randomUUID()}`, { method: 'DELETE' });
        const { stdout } = await promisify(execFile)(process.execPath, [cli, '--version']);

        expect(description.info.version).toBe(version);
        expect(status.version).toBe(version);
        expect(new Set(agents)).toEqual(new Set([`upload-session-sweeper/${version}`]));
        expect(stdout).toBe(`${version}\n`);
      } finally {
        await app.close();
        cluster.closeAllConnections();
        cluster.close();
      }
    },
    PATIENCE_MS,
  );
});
