import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunRecord } from '../../src/cleanup/model/runRecord.ts';
import { makeCertificate } from '../../src/local/certificates/makeCertificate.ts';
import { type SimulatedCluster, startSimulatedCluster } from '../../src/local/cluster/simulatedCluster.ts';
import { type IdentityEndpoint, startIdentityEndpoint } from '../../src/local/identity/identityEndpoint.ts';
import { CLIENT_APPLICATION, CLUSTER_APPLICATION, TENANT } from '../../src/local/identity/tenant.ts';
import { aRun } from '../doubles/runRecord.ts';
import { useSecret } from '../support/transcript.ts';
import { noTerminal, runCli, startOnTerminal } from './runCli.ts';
import { minutesAgo, startWorld, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world?.close());

describe('doctor', () => {
  it('reports the state of every part, as text and as JSON, and ends with 0', async () => {
    await world.run(['sweep']);

    const [text, json] = await Promise.all([world.run(['doctor']), world.run(['doctor', '--json'])]);

    expect([text.code, text.stderr]).toEqual([0, '']);
    const lines = text.stdout.split('\n');
    for (const part of ['table of sessions', 'table of outcomes', 'table of runs', 'cluster']) {
      expect(lines).toContainEqual(expect.stringMatching(new RegExp(`^ {2}ok {7}${part} +\\d+ ms +clock `)));
    }
    expect(text.stdout).toMatch(/ok {7}settings\s+Cluster default at http:\/\/127\S+, CLUSTER_AUTH none\./);
    expect(text.stdout).toMatch(
      /warning {2}timer +\d+ ms\n.*No scheduled sweep recorded.*Advice: .*The app works, with 1 warning\.\n$/s,
    );
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
    expect(JSON.parse(json.stdout)).toMatchObject({
      status: 'up',
      checks: expect.arrayContaining([expect.objectContaining({ name: 'credentials', status: 'ok' })]),
    });
  });

  it('shows what the image store held at the latest sweep that asked, and warns when its disk is nearly full', async () => {
    const GIB = 1024 ** 3;
    const store = (availableBytes: number) => ({
      stagedBytes: Math.round(12.4 * GIB),
      stagedFiles: 310,
      capacityBytes: 100 * GIB,
      availableBytes,
    });
    const foundAfter = async (minutes: number, found: RunRecord['store']) => {
      const run = aRun({ runId: `asked-${minutes}`, startedAt: minutesAgo(minutes), store: found });
      await world.tables.storage.recordRun({ ...run, clusterName: 'default' });
      const { checks } = JSON.parse((await world.run(['doctor', '--json'])).stdout) as { checks: { name: string }[] };
      return checks.filter(({ name }) => name === 'store');
    };

    const none = await foundAfter(30, undefined);
    const roomy = await foundAfter(20, store(19 * GIB));
    const full = await foundAfter(10, store(10 * GIB - 1));
    const text = await world.run(['doctor']);
    const unknown = await foundAfter(5, 'unknown');

    const told = 'GiB staged in 310 files; disk';
    expect(none).toEqual([]);
    expect(roomy).toEqual([{ name: 'store', status: 'ok', detail: `12.4 ${told} 81 % full, 20 min ago.` }]);
    expect(full).toEqual([
      { name: 'store', status: 'warning', detail: `12.4 ${told} 90 % full, 10 min ago.`, advice: expect.any(String) },
    ]);
    expect(text.stdout).toMatch(/warning {2}image store\n +12\.4 GiB .*\n +Advice: Uploads fail when the disk is full/);
    expect(unknown).toEqual([{ name: 'store', status: 'skipped', detail: 'Unknown: the cluster did not say.' }]);
  });

  it('ends with 1 if a part fails, with each cause once, and with 2 if the settings are invalid', async () => {
    const storage = world.env['AzureWebJobsStorage']?.replace(/AccountKey=[^;]+/, 'AccountKey=d3Jvbmc=') ?? '';

    const [part, settings, json] = await Promise.all([
      world.run(['doctor'], { env: { AzureWebJobsStorage: storage } }),
      world.run(['doctor'], { env: { CLUSTER_AUTH: 'password', STALE_AFTER: 'soon\u001b[2J' } }),
      world.run(['doctor', '--json'], { env: { STALE_AFTER: 'soon' } }),
    ]);

    expect(part.code).toBe(1);
    expect(part.stdout.match(/key or\s+signature\s+is\s+wrong/g)).toHaveLength(1);
    expect(part.stdout.match(/Same as above/g)).toHaveLength(2);
    expect(part.stdout).toMatch(/\n3 failed\.\n$/);
    expect(settings.code).toBe(2);
    expect(settings.stdout.match(/failed {3}settings/g)).toHaveLength(3);
    expect(settings.stdout).not.toContain('\u001b');
    expect([json.code, JSON.parse(json.stdout)]).toEqual([
      2,
      {
        status: 'down',
        checks: [{ name: 'settings', status: 'failed', detail: expect.stringMatching(/^STALE_AFTER/) }],
      },
    ]);
  });

  const onTerminal = noTerminal ? it.skip : it;
  onTerminal(`shows the state of each part in color${noTerminal ? ` (${noTerminal})` : ''}`, async () => {
    const [coloured, plain] = await Promise.all([
      startOnTerminal(['doctor'], world).ended,
      startOnTerminal(['doctor'], { ...world, env: { ...world.env, NO_COLOR: '1' } }).ended,
    ]);

    expect(coloured.stdout).toContain('\u001b[32mok\u001b[39m');
    expect(plain.stdout).not.toContain('\u001b');
  });

  it('names the cause if no token is issued, and if the token lacks its role', async () => {
    const identity: IdentityEndpoint = await startIdentityEndpoint();
    const server = await makeCertificate({ commonName: 'cluster', altNames: ['127.0.0.1'] });
    const entra = {
      tenant: TENANT,
      clusterApplication: CLUSTER_APPLICATION,
      clientApplication: CLIENT_APPLICATION,
      publicKey: identity.publicKey,
    };
    const secured: SimulatedCluster = await startSimulatedCluster({ security: { server, entra } });
    useSecret(identity.secret);
    const env = {
      CLUSTER_ENDPOINTS: secured.endpoint,
      CLUSTER_SERVER_THUMBPRINTS: server.thumbprint,
      CLUSTER_AUTH: 'entra',
      CLUSTER_ENTRA_SCOPE: `${CLUSTER_APPLICATION}/.default`,
      IDENTITY_ENDPOINT: identity.endpoint,
      IDENTITY_HEADER: identity.secret,
    };
    try {
      const well = await world.run(['doctor', '--json'], { env });
      const none = await world.run(['doctor'], { env: { ...env, IDENTITY_HEADER: 'wrong' } });
      await identity.control.behave({ roles: ['ReadOnly'], keepsTokens: false });
      const lesser = await world.run(['doctor'], { env });

      expect(JSON.parse(well.stdout)).toMatchObject({ status: 'up' });
      expect([none.code, lesser.code]).toEqual([1, 1]);
      expect(none.stdout).toMatch(/failed {3}credentials.*no Entra token.*managed\s+identity.*1 failed/s);
      expect(lesser.stdout).toMatch(/ok {7}cluster.*failed {3}credentials.*Assign the identity the app role Admin/s);
    } finally {
      await Promise.all([identity.close(), secured.close()]);
    }
  });
});

describe('the settings', () => {
  it('come from the environment first, and from local.settings.json or --settings second', async () => {
    const write = (name: string, Values: object) =>
      writeFile(join(world.cwd, name), `\uFEFF${JSON.stringify({ IsEncrypted: false, Values })}`);
    await write('local.settings.json', world.env);
    await write('other.json', { ...world.env, CLUSTER_NAME: 'other' });
    await writeFile(join(world.cwd, 'broken.json'), '{"Values": {"AzureWebJobsStorage": "AccountKey=c2VjcmV0"');
    await write('short.json', { CLUSTER_ENDPOINTS: 'gopher://c:70' });
    const doctor = (words: string[], env: Record<string, string> = {}) =>
      runCli(['doctor', ...words], { cwd: world.cwd, env });

    const [file, other, first, broken, short] = await Promise.all([
      doctor([]),
      doctor(['--settings', 'other.json']),
      doctor(['--settings', 'other.json'], { CLUSTER_NAME: 'first' }),
      doctor(['--settings', 'broken.json']),
      runCli(['list', '--settings', 'short.json'], { cwd: world.cwd }),
    ]);

    expect(file.stdout).toMatch(/^Settings from the environment, then local\.settings\.json\.\n.*Cluster default at/s);
    expect(other.stdout).toMatch(/then other\.json.*Cluster other at/s);
    expect(first.stdout).toMatch(/Cluster first at/);
    expect([broken.code, broken.stdout]).toEqual([2, '']);
    expect(broken.stderr).toMatch(/broken\.json, line 1, column 57: this is not JSON/);
    expect(broken.stderr).not.toContain('c2VjcmV0');
    expect([short.code, short.stdout]).toEqual([2, '']);
    expect(short.stderr).toMatch(/settings are invalid:\n- CLUSTER_ENDPOINTS.*- AzureWebJobsStorage is missing/s);
  });
});
