import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chmod, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { afterDeploy } from '../../infra/hooks/afterDeploy.ts';
import { provisioningErrors, SETTINGS } from '../../infra/hooks/beforeProvision.ts';
import { type Deployment, type Ports, readDeployment } from '../../infra/hooks/deployment.ts';
import { FUNCTIONS } from '../../infra/hooks/functions.ts';
import { waitForRoles } from '../../infra/hooks/roles.ts';
import { PAUSES, scheduleError } from '../../infra/hooks/schedule.ts';
import { readInfra } from './snapshot.ts';

const PROJECT = resolve(import.meta.dirname, '..', '..');
const KEY = 'a-function-key-that-nobody-may-see';
const DEPLOYMENT: Deployment = {
  subscription: 'subscription',
  group: 'rg',
  app: 'func',
  host: 'func.example.com',
  auth: 'none',
  principalId: 'principal',
  storageAccount: 'st',
  clusterApplication: 'api://cluster/.default',
};

const ADMIN = { id: 'role', value: 'Admin', allowedMemberTypes: ['User', 'Application'] };

/** A subscription in which everything is well, with a stand-in for the CLI. */
function world(answers: Record<string, (args: string[]) => unknown> = {}) {
  const said: string[] = [];
  const calls: string[] = [];
  const waits: number[] = [];
  const usual: Record<string, (args: string[]) => unknown> = {
    'functionapp function': () => FUNCTIONS.map((name) => ({ name: `func/${name}` })),
    'functionapp keys': () => ({ functionKeys: { default: KEY } }),
    'functionapp restart': () => undefined,
    'resource invoke-action': () => undefined,
    'ad sp': () => ({ id: 'cluster', appRoles: [ADMIN] }),
    'rest --method': () => ({ value: [] }),
  };
  const ports: Ports = {
    az: async (...args) => {
      calls.push(args.join(' '));
      const answer = { ...usual, ...answers }[args.slice(0, 2).join(' ')];
      if (!answer) throw new Error(`unexpected: az ${args.join(' ')}`);
      return answer(args);
    },
    get: async (_url, headers) => ({ status: headers['x-functions-key'] === KEY ? 200 : 401, text: '{}' }),
    wait: async (ms) => void waits.push(ms),
    say: (line) => said.push(line),
  };
  return { ports, said, calls, waits };
}

describe('the hook after a deployment', () => {
  it('accepts a deployment that works, and shows the page but never the key', async () => {
    const { ports, said, calls } = world();

    expect(await afterDeploy(ports, DEPLOYMENT)).toBe(true);

    expect(said.join('\n')).toContain('https://func.example.com/api/dashboard');
    expect(said.join('\n')).not.toContain(KEY);
    expect(calls.join('\n')).not.toMatch(/restart|invoke-action/);
  });

  it('names a timer that does not appear, after asking for the triggers to be read again', async () => {
    const { ports, said, calls } = world({
      'functionapp function': () =>
        FUNCTIONS.filter((name) => name !== 'sweepStaleSessions').map((name) => ({ name: `func/${name}` })),
    });

    expect(await afterDeploy(ports, DEPLOYMENT)).toBe(false);

    expect(said.join('\n')).toMatch(/missing after five minutes: sweepStaleSessions\. Without its timer/);
    expect(calls.filter((call) => call.includes('syncfunctiontriggers'))).toHaveLength(1);
  });

  it('names the parts that are not healthy, without the key', async () => {
    const { ports, said } = world();
    const checks = [
      { name: 'cluster', status: 'failed', detail: `unreachable with ${KEY}` },
      { name: 'settings', status: 'ok' },
    ];
    ports.get = async () => ({ status: 503, text: JSON.stringify({ checks }) });

    expect(await afterDeploy(ports, DEPLOYMENT)).toBe(false);

    expect(said.join('\n')).toContain('The app is not healthy: cluster: unreachable with …');
    expect(said.join('\n')).not.toContain(KEY);
  });

  it('restarts the app once if a Key Vault reference is not resolved, and only then', async () => {
    let status = 'AccessToKeyVaultDenied';
    const { ports, calls } = world({
      'rest --method': () => ({ value: [{ name: 'CLUSTER_CLIENT_CERTIFICATE', properties: { status } }] }),
      'functionapp restart': () => {
        status = 'Resolved';
      },
    });
    const deployment = { ...DEPLOYMENT, auth: 'certificate' };

    expect(await afterDeploy(ports, deployment)).toBe(true);
    expect(await afterDeploy(ports, deployment)).toBe(true);

    expect(calls.filter((call) => call.startsWith('functionapp restart'))).toHaveLength(1);
  });

  it('assigns the app role Admin once', async () => {
    const assigned: unknown[] = [];
    const { ports } = world({
      'rest --method': (args) => {
        if (args[2] === 'post') assigned.push(JSON.parse(args.at(-1) ?? ''));
        return { value: assigned };
      },
    });
    const deployment = { ...DEPLOYMENT, auth: 'entra' };

    expect(await afterDeploy(ports, deployment)).toBe(true);
    expect(await afterDeploy(ports, deployment)).toBe(true);

    expect(assigned).toEqual([{ principalId: 'principal', resourceId: 'cluster', appRoleId: 'role' }]);
  });

  it('reports an app role that applications cannot have', async () => {
    const { ports, said } = world({
      'ad sp': () => ({ id: 'cluster', appRoles: [{ ...ADMIN, allowedMemberTypes: ['User'] }] }),
    });

    expect(await afterDeploy(ports, { ...DEPLOYMENT, auth: 'entra' })).toBe(false);

    expect(said.join('\n')).toContain('is not open to applications');
  });

  it('reads outputs that the template has', () => {
    const { outputs } = JSON.parse(readInfra('main.json')) as { outputs: Record<string, unknown> };
    const environment = Object.fromEntries(Object.keys(outputs).map((name) => [name, name]));

    expect(readDeployment(environment).clusterApplication).toBe('SWEEPER_CLUSTER_APPLICATION');
    expect(() => readDeployment({})).toThrow('AZURE_SUBSCRIPTION_ID, AZURE_RESOURCE_GROUP, SWEEPER_APP_NAME');
  });
});

describe('the hook before a deployment', () => {
  const now = Date.UTC(2026, 0, 1);
  const roles = (...ages: [principalId: string, seconds: number][]) => ({
    'rest --method': () => ({
      value: ages.map(([principalId, seconds]) => ({
        properties: { principalId, createdOn: new Date(now - seconds * 1000).toISOString() },
      })),
    }),
  });

  it('waits until the newest role of the identity is three minutes old', async () => {
    const { ports, said, calls, waits } = world(roles(['principal', 70], ['principal', 50], ['another', 1]));

    await waitForRoles(ports, DEPLOYMENT, now);

    expect(waits).toEqual([130_000]);
    expect(said).toEqual([expect.stringContaining('Waiting 130 seconds')]);
    expect(calls[0]).toContain('/subscriptions/subscription/resourceGroups/rg/');
    expect(calls[0]).toContain('/storageAccounts/st/providers/Microsoft.Authorization/roleAssignments?');
  });

  it.each([
    ['old roles', roles(['principal', 181], ['another', 1])],
    ['no roles', roles()],
  ])('does not wait for %s', async (_, answers) => {
    const { ports, said, waits } = world(answers);

    await waitForRoles(ports, DEPLOYMENT, now);

    expect([said, waits]).toEqual([[], []]);
  });
});

describe('the hook before provisioning', () => {
  const now = Date.UTC(2026, 0, 1);
  const given = { CLUSTER_ENDPOINTS: 'https://cluster.example.com:19080' };

  it('checks every app setting that is a variable of azd', () => {
    const read = [...readInfra('main.bicepparam').matchAll(/readEnvironmentVariable\('(\w+)'/g)].map(
      ([, name]) => name,
    );
    const { Values } = JSON.parse(readFileSync(join(PROJECT, 'local.settings.json'), 'utf8')) as { Values: object };

    expect(SETTINGS.toSorted()).toEqual(read.filter((name = '') => name in Values).sort());
  });

  it.each([
    ['a default deployment', {}],
    ['a certificate, which is in the Key Vault', { CLUSTER_AUTH: 'certificate' }],
    ['more settings', { MORE_SETTINGS: '{"SWEEP_LIMIT":"5000"}' }],
  ])('accepts %s', (_, variables) => {
    expect(provisioningErrors({ ...given, ...variables }, now)).toEqual([]);
  });

  it.each([
    [{ STALE_AFTER: 'soon' }, /^STALE_AFTER is .*soon/],
    [{ CLUSTER_AUTH: 'entra' }, /^CLUSTER_ENTRA_SCOPE is missing/],
    [{ CLUSTER_AUTH: 'certificate', CLUSTER_SERVER_THUMBPRINTS: 'xyz' }, /^CLUSTER_SERVER_THUMBPRINTS /],
    [{ SWEEP_FAN_OUT: 'maybe' }, /^SWEEP_FAN_OUT /],
    [{ MORE_SETTINGS: '{"SWEEP_LIMIT":5000}' }, /^MORE_SETTINGS must be/],
    [{ MORE_SETTINGS: '{"SWEEP_LIMIT":"many"}' }, /^SWEEP_LIMIT /],
    [{ SWEEP_SCHEDULE: '0 0 * * * *' }, /Set SWEEP_EVERY to 1h/],
  ])('refuses %j', (variables, error) => {
    expect(provisioningErrors({ ...given, ...variables }, now)).toEqual([expect.stringMatching(error)]);
  });

  it('has the pauses of the alerts', () => {
    const known = [...readInfra('schedules.bicep').matchAll(/^ {2}'(\w+)': \{ cron: '([^']*)'/gm)];

    expect(known.map(([, every]) => every)).toEqual(Object.keys(PAUSES));
    for (const [, every = '', cron = ''] of known) expect(scheduleError(cron, every, now)).toBeUndefined();
  });

  it.each([
    ['', '5m'],
    ['30 2/5 * * * *', '5m'],
    ['0 0 */3 * * *', '4h'],
    ['0 */5 * * * *', '1d'],
  ])('accepts the schedule "%s" with a pause of %s', (schedule, every) => {
    expect(scheduleError(schedule, every, now)).toBeUndefined();
  });

  it.each([
    ['0 0 * * * *', '30m', /up to 60 minutes, .* every 30m\. Set SWEEP_EVERY to 1h\./],
    ['0 */5 8-18 * * *', '5m', /up to 13\.1 hours, .* Set SWEEP_EVERY to 1d\./],
    ['0 */5 * * * 1-5', '5m', /up to 48\.1 hours, .* at least once a day/],
    ['0 */5 * * 1-11 *', '5m', /up to 744 hours, .* at least once a day/],
    ['0 */5 * 1-30 * *', '5m', /up to 24 hours, .* Set SWEEP_EVERY to 1d\./],
    ['*/10 * 8-18 * * *', '10m', /up to 13 hours, .* Set SWEEP_EVERY to 1d\./],
    ['0 0 0 29 2 *', '1d', /at least once a day/],
    ['0 */10 * * * *', '', /up to 10 minutes, .* Set SWEEP_EVERY to 10m\./],
    ['every hour', '1h', /expected NCRONTAB/],
    ['0 0 * * * *', '3h', /SWEEP_EVERY is 3h, expected one of 5m, /],
  ])('refuses the schedule "%s" with a pause of %s', (schedule, every, fault) => {
    expect(scheduleError(schedule, every, now)).toMatch(fault);
  });
});

const onPosix = process.platform === 'win32' ? it.skip : it;

describe('a hook of azure.yaml', () => {
  const { hooks } = parse(readFileSync(join(PROJECT, 'azure.yaml'), 'utf8')) as {
    hooks: Record<string, { run: string; interactive: boolean }>;
  };
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'az-'));
    await writeFile(
      join(folder, 'az'),
      '#!/bin/sh\necho "$@" >>"$0.log"\necho "ERROR: Please run az login" >&2\nexit 1\n',
    );
    await chmod(join(folder, 'az'), 0o755);
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** Runs a hook as azd does, with a CLI that is not signed in. */
  async function run(name: string, variables: Record<string, string> = {}) {
    const env = {
      PATH: [folder, process.env['PATH']].join(delimiter),
      AZURE_SUBSCRIPTION_ID: 'subscription',
      AZURE_RESOURCE_GROUP: 'rg',
      SWEEPER_STORAGE_ACCOUNT: 'st',
      SWEEPER_APP_NAME: 'func',
      SWEEPER_APP_HOST: 'func.example.com',
      SWEEPER_CLUSTER_AUTH: 'none',
      SWEEPER_IDENTITY_PRINCIPAL_ID: 'principal',
      ...variables,
    };
    const ended = promisify(execFile)('sh', ['-c', hooks[name]?.run ?? 'exit 9'], { cwd: PROJECT, env });
    const { code = 0, stdout } = (await ended.catch((error: unknown) => error)) as { code?: number; stdout: string };
    return { code, stdout };
  }

  it('shows its output also after it has ended', () => {
    expect(Object.keys(hooks)).toEqual(['preprovision', 'predeploy', 'postdeploy']);
    for (const { interactive } of Object.values(hooks)) expect(interactive).toBe(true);
  });

  onPosix('refuses to provision with alerts that do not fit the schedule', async () => {
    const variables = { CLUSTER_ENDPOINTS: 'http://10.0.0.4:19080', SWEEP_SCHEDULE: '0 0 * * * *' };
    const refused = await run('preprovision', variables);
    const accepted = await run('preprovision', { ...variables, SWEEP_EVERY: '1h' });

    expect(refused).toEqual({ code: 1, stdout: expect.stringContaining('Set SWEEP_EVERY to 1h.') });
    expect(accepted).toEqual({ code: 0, stdout: '' });
  });

  onPosix('goes on without the packages, unless a schedule must be compared with the alerts', async () => {
    const copy = join(folder, 'copy');
    for (const part of ['infra/hooks', 'src', 'package.json'])
      await cp(join(PROJECT, part), join(copy, part), { recursive: true });
    const start = (env: Record<string, string>) =>
      promisify(execFile)(process.execPath, ['infra/hooks/main.ts', 'preprovision'], { cwd: copy, env });

    const warned = await start({});
    const refused = start({ SWEEP_SCHEDULE: '0 0 * * * *', SWEEP_EVERY: '1h' });

    expect(warned.stdout).toContain('run "npm ci" first');
    await expect(refused).rejects.toMatchObject({ code: 1 });
  });

  onPosix('lets the deployment go on when the roles cannot be read', async () => {
    expect(await run('predeploy')).toEqual({ code: 0, stdout: 'az rest --method get: ERROR: Please run az login\n' });
  });

  onPosix('reports after the deployment what the CLI says, in the subscription of the deployment', async () => {
    expect(await run('postdeploy')).toEqual({
      code: 1,
      stdout: expect.stringContaining('PROBLEM: az functionapp function list: ERROR: Please run az login'),
    });
    const calls = (await readFile(join(folder, 'az.log'), 'utf8'))
      .split('\n')
      .filter((line) => /^functionapp/.test(line));
    expect(calls.length).toBeGreaterThan(1);
    for (const call of calls) expect(call).toContain('--resource-group rg --name func --subscription subscription ');
  });
});
