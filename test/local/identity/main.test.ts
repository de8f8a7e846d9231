import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseEnv } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type Child, startChild } from '../../../src/local/childProcess.ts';
import { CLUSTER_APPLICATION } from '../../../src/local/identity/tenant.ts';
import { ask } from '../cluster/ask.ts';

const MAIN = new URL('../../../src/local/identity/main.ts', import.meta.url);
const READY = /^Identity endpoint ready at (\S+) \(control (\S+), tokens checked with (.+), client settings in (.+)\)$/;

const running: Child[] = [];

afterEach(async () => {
  for (const child of running.splice(0)) await child.stop();
});

async function start(...args: string[]): Promise<Child> {
  const child = await startChild(MAIN, { args, ready: READY, execArgv: [] });
  running.push(child);
  return child;
}

describe('the identity endpoint as a process', () => {
  it('prints its address, keeps its secret in a file only for this user, and removes it when it ends', async () => {
    const child = await start();
    const [, endpoint = '', , tokenKey = '', settingsFile = ''] = child.ready;
    const settings = parseEnv(await readFile(settingsFile, 'utf8'));
    const header = settings['IDENTITY_HEADER'] ?? '';
    const mode = (await stat(settingsFile)).mode & 0o777;

    const path = `/msi/token?api-version=2019-08-01&resource=${CLUSTER_APPLICATION}`;
    const answer = await ask(endpoint, 'GET', path, { headers: { 'X-IDENTITY-HEADER': header } });
    const key = await readFile(tokenKey, 'utf8');
    const code = await child.stop();

    expect([answer.status, settings['IDENTITY_ENDPOINT'], mode, code]).toEqual([200, endpoint, 0o600, 0]);
    expect(key).toMatch(/^-----BEGIN PUBLIC KEY-----/);
    expect(child.output()).not.toContain(header);
    expect(existsSync(dirname(settingsFile))).toBe(false);
  });

  it.each([
    [['--port', 'http'], '--port http is not a port number'],
    [['--prot', '1'], "Unknown option '--prot'"],
  ])('reports the invalid argument: %j', async (args, message) => {
    await expect(start(...args)).rejects.toThrow(message);
  });
});
