import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { afterDeploy } from '../../infra/hooks/afterDeploy.ts';
import { type Deployment, type Ports, readDeployment } from '../../infra/hooks/deployment.ts';
import { FUNCTIONS } from '../../infra/hooks/functions.ts';
import { readInfra } from './snapshot.ts';

const KEY = 'a-function-key-that-nobody-may-see';
const DEPLOYMENT: Deployment = {
  group: 'rg',
  app: 'func',
  host: 'func.example.com',
  auth: 'none',
  principalId: 'principal',
  clusterApplication: 'api://cluster/.default',
};

const ADMIN = { id: 'role', value: 'Admin', allowedMemberTypes: ['User', 'Application'] };

/** A subscription in which everything is well, with a stand-in for the CLI. */
function world(answers: Record<string, (args: string[]) => unknown> = {}) {
  const said: string[] = [];
  const calls: string[] = [];
  const usual: Record<string, (args: string[]) => unknown> = {
    'functionapp function': () => FUNCTIONS.map((name) => ({ name: `func/${name}` })),
    'functionapp keys': () => ({ functionKeys: { default: KEY } }),
    'functionapp restart': () => undefined,
    'resource invoke-action': () => undefined,
    'account show': () => ({ id: 'subscription' }),
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
    wait: async () => {},
    say: (line) => said.push(line),
  };
  return { ports, said, calls };
}

describe('the hook after a deployment', () => {
  it('finds a good deployment good, and shows the page but never the key', async () => {
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

  it('names what is not healthy, without the key', async () => {
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

  it('restarts the app once where a Key Vault reference is not resolved, and only there', async () => {
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

  it('says what is wrong with an app role that applications cannot have', async () => {
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
    expect(() => readDeployment({})).toThrow('AZURE_RESOURCE_GROUP, SWEEPER_APP_NAME');
  });
});

const onPosix = process.platform === 'win32' ? it.skip : it;

describe('the hook as a process', () => {
  onPosix('runs the Azure CLI of the machine and reports its failure', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'az-'));
    await writeFile(join(folder, 'az'), '#!/bin/sh\necho "ERROR: Please run az login" >&2\nexit 1\n');
    await chmod(join(folder, 'az'), 0o755);
    const script = resolve(import.meta.dirname, '../../infra/hooks/postdeploy.ts');
    const env = {
      PATH: [folder, process.env['PATH']].join(delimiter),
      AZURE_RESOURCE_GROUP: 'rg',
      SWEEPER_APP_NAME: 'func',
      SWEEPER_APP_HOST: 'func.example.com',
      SWEEPER_CLUSTER_AUTH: 'none',
      SWEEPER_IDENTITY_PRINCIPAL_ID: 'principal',
    };

    const ended = await promisify(execFile)(process.execPath, [script], { env }).catch((error: unknown) => error);
    await rm(folder, { recursive: true });

    expect(ended).toMatchObject({ code: 1 });
    expect((ended as { stdout: string }).stdout).toContain(
      'PROBLEM: az functionapp function list: ERROR: Please run az login',
    );
  });
});
