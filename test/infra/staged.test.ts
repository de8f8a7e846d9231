import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { buildApp } from '../../src/local/build/buildApp.ts';
import { stageApp } from '../../src/local/build/stageApp.ts';
import { startHost } from '../support/app.ts';
import { appSettings } from './snapshot.ts';

const PROJECT = resolve(import.meta.dirname, '..', '..');

describe('the staged app', () => {
  it('starts from an empty directory with nothing but Node, with the cluster settings of a deployment', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'deployed-'));
    const folder = join(empty, 'app');
    await buildApp(join(empty, 'dist'));
    await stageApp({ project: PROJECT, dist: join(empty, 'dist'), folder: join(empty, 'staged') });
    await cp(join(empty, 'staged'), folder, { recursive: true });
    // Storage and telemetry are Azure's; the emulator stands in for the first here.
    const platform = /^(AzureWebJobsStorage__|APPLICATIONINSIGHTS_|SWEEP_SCHEDULE$)/;
    const settings = Object.entries(appSettings('none')).filter(([name]) => !platform.test(name));
    const given = { ...Object.fromEntries(settings), CLUSTER_ENDPOINTS: 'http://127.0.0.1:9' };

    const host = await startHost(given, ['--app', folder, '--bundle']);
    try {
      const health = await fetch(`${host.ready[1]}/api/health`);
      const purge = await fetch(`${host.ready[1]}/admin/functions/purgeOutcomes`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      });

      // No cluster listens here: the app has read its settings, and says so.
      expect(await health.json()).toEqual({ status: 'down' });
      expect(purge.status).toBe(202);
    } finally {
      await host.stop();
      await rm(empty, { recursive: true });
    }
  });

  it('is what azure.yaml deploys, without a build on the server', async () => {
    const text = await readFile(join(PROJECT, 'azure.yaml'), 'utf8');

    expect(text).toMatch(/^ {4}dist: out\/app$/m);
    expect(text).toMatch(/^ {4}remoteBuild: false$/m);
    expect(text).toMatch(/^ {4}language: js$/m);
  });
});
