import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type Child, startChild } from '../../../src/local/childProcess.ts';
import { ask, codeOf, deletePath } from './ask.ts';

const MAIN = new URL('../../../src/local/cluster/main.ts', import.meta.url);
const ID = '6f9619ff-8b86-d011-b42d-00c04fc964ff';
const READY = /^Simulated cluster ready at (\S+) \(control (\S+), chunks in (.+), client settings in (.+)\)$/;

const running: Child[] = [];

afterEach(async () => {
  for (const child of running.splice(0)) await child.stop();
});

async function start(...args: string[]): Promise<Child> {
  const child = await startChild(MAIN, { args: ['--port', '0', ...args], ready: READY, execArgv: [] });
  running.push(child);
  return child;
}

describe('the secured cluster as a process', () => {
  it('writes the files for clients, readable only by this user, and removes them when it ends', async () => {
    const child = await start('--secured', 'certificate');
    const [, endpoint = '', , , settingsFile = ''] = child.ready;
    const folder = dirname(settingsFile);
    const read = (name: string) => readFile(join(folder, name), 'utf8');
    const settings = parseEnv(await readFile(settingsFile, 'utf8'));
    const names = await readdir(folder);
    const modes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).mode & 0o777));

    const [ca, admin, readOnly] = [await read('server.pem'), await read('admin.pem'), await read('read-only.pem')];
    const del = (pem: string) =>
      ask(endpoint, 'DELETE', deletePath(ID), { tls: { ca, ...(pem && { cert: pem, key: pem }) } });
    const answers = [await del(admin), await del(readOnly), await del('')];
    const code = await child.stop();

    expect(settings).toEqual({
      CLUSTER_ENDPOINTS: endpoint,
      CLUSTER_AUTH: 'certificate',
      CLUSTER_CLIENT_CERTIFICATE: join(folder, 'admin.pem'),
      CLUSTER_SERVER_THUMBPRINTS: expect.stringMatching(/^[0-9A-F]{40}$/),
    });
    expect(new Set(modes)).toEqual(new Set([0o600]));
    expect(answers.map((answer) => [answer.status, codeOf(answer)])).toEqual([
      [404, 'NotFound'],
      [403, 'E_ACCESSDENIED'],
      [403, undefined],
    ]);
    expect(ca).not.toContain('PRIVATE KEY');
    expect(child.output()).not.toContain('PRIVATE KEY');
    expect([code, existsSync(folder)]).toEqual([0, false]);
  });

  it.each([
    [['--secured', 'password'], '--secured password is not one of certificate, entra.'],
    [['--secured', 'entra'], '--secured entra needs --entra-key FILE.'],
    [['--secured', 'certificate', '--exclusive'], '--exclusive needs --secured entra.'],
    [['--secured', 'certificate', '--ask', 'later'], '--ask later is not one of in-handshake, after-request.'],
    [['--secured', 'certificate', '--tls', '1.1'], '--tls 1.1 is not one of 1.2, 1.3.'],
    [['--exclusive'], '--exclusive needs --secured certificate or entra.'],
    [['--secured', 'entra', '--entra-key', 'nowhere.pem'], 'ENOENT'],
  ])('reports the invalid argument: %j', async (args, message) => {
    await expect(start(...args)).rejects.toThrow(message);
  });
});
