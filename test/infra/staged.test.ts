import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { TableClient } from '@azure/data-tables';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FUNCTIONS } from '../../infra/hooks/functions.ts';
import { buildApp } from '../../src/local/build/buildApp.ts';
import { stageApp } from '../../src/local/build/stageApp.ts';
import { startChild } from '../../src/local/childProcess.ts';
import { Upload } from '../../src/local/cluster/uploader.ts';
import { runNow, until } from '../support/app.ts';
import { allRows } from '../support/tables.ts';
import { keepLine } from '../support/transcript.ts';
import { type SimulatedAzure, startSimulatedAzure } from './simulatedAzure.ts';
import { CLIENT_ID, WAYS_IN } from './snapshot.ts';

const PROJECT = resolve(import.meta.dirname, '..', '..');
const MINUTE = 60_000;

describe('the staged app', () => {
  let folder: string;
  let azure: SimulatedAzure;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'deployed-'));
    await buildApp(join(folder, 'dist'));
    await stageApp({ project: PROJECT, dist: join(folder, 'dist'), folder: join(folder, 'staged') });
    azure = await startSimulatedAzure();
  });
  afterAll(async () => {
    await azure?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it.each(WAYS_IN)(
    'sweeps from an empty directory with nothing but Node, with the app settings of authentication %s',
    async (wayIn) => {
      const { settings, platform, cluster, credentials } = await azure.deploy(wayIn);
      const directory = join(folder, wayIn);
      await cp(join(folder, 'staged'), directory, { recursive: true });
      await cluster.control.setClockOffset(-20 * MINUTE);
      const upload = new Upload(
        cluster.endpoint,
        { storeRelativePath: 'App/a.zip', fileSizeBytes: 8, chunkSizeBytes: 4 },
        credentials,
      );
      await upload.uploadChunks(upload.chunks.slice(0, 1));
      await cluster.control.setClockOffset(0);
      const table = (setting: string) =>
        TableClient.fromConnectionString(azure.storage.connectionString, settings[setting] ?? '', {
          tlsOptions: { ca: azure.storageCertificate },
        });
      const sessions = table('SESSION_TABLE');
      await sessions.createTable();
      const id = upload.sessionId;
      await sessions.createEntity({
        partitionKey: settings['SESSION_SHARDS'] === '1' ? 'default' : `default~${id[0]}`,
        rowKey: id,
        lastActivity: new Date(Date.now() - 20 * MINUTE),
      });

      const host = await startChild(new URL('../../src/local/host/main.ts', import.meta.url), {
        args: ['--port', '0', '--app', directory, '--bundle'],
        env: { PATH: process.env['PATH'], ...platform, ...settings },
        cwd: directory,
        execArgv: [],
        ready: /^Functions host ready at (\S+)$/,
        onLine: keepLine,
      });
      try {
        const url = host.ready[1] ?? '';
        const health = await fetch(`${url}/api/health`);
        await runNow(url, 'sweepStaleSessions');
        const outcomes = await until(async () => {
          const rows = await allRows(table('OUTCOME_TABLE')).catch(() => []);
          const own = rows.filter(({ rowKey }) => rowKey?.includes(id));
          return own.length > 0 ? own.map((row) => row['outcome']) : undefined;
        }, 20_000);

        expect([...host.output().matchAll(/^ {2}(\w+): /gm)].map(([, name]) => name)).toEqual(FUNCTIONS);
        expect(await health.json()).toEqual({ status: 'up' });
        expect(outcomes).toContain('deleted');
        expect((await cluster.control.log({ operation: 'delete' })).filter(({ deleted }) => deleted)).toHaveLength(1);
        expect(host.output()).not.toMatch(/warn|error/i);
      } finally {
        await host.stop();
      }
      expect(azure.metrics()).toContain('upload_session_sweeper.sessions');
      const asked = (await azure.identity.control.status()).asked;
      expect(new Set(asked.map(({ clientId }) => clientId))).toEqual(new Set([CLIENT_ID]));
    },
    60_000,
  );

  it('is what azure.yaml deploys, without a build on the server', async () => {
    const text = await readFile(join(PROJECT, 'azure.yaml'), 'utf8');

    expect(text).toMatch(/^ {4}dist: out\/app$/m);
    expect(text).toMatch(/^ {4}remoteBuild: false$/m);
    expect(text).toMatch(/^ {4}language: js$/m);
    // azd would take from it whether to build on the server. @see service_target_functionapp.go of azure-dev
    expect(existsSync(join(PROJECT, '.funcignore'))).toBe(false);
  });
});
