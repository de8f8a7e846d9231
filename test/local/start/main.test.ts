import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type Child, startChild } from '../../../src/local/childProcess.ts';

const START = new URL('../../../src/local/start/main.ts', import.meta.url);
const PROJECT = new URL('../../../', import.meta.url);
const PORTS = ['--port', '0', '--cluster-port', '0'];
const run = promisify(execFile);

let started: Child | undefined;
afterEach(async () => {
  await started?.stop();
  started = undefined;
});

describe('npm start', () => {
  it('shows a session of every kind with its outcome, and ends with 0, whatever proxies the environment names', async () => {
    // No proxy listens there. The last two are what storage libraries refuse for every connection.
    const proxies = { HTTPS_PROXY: 'http://127.0.0.1:9', http_proxy: '127.0.0.1:9', ALL_PROXY: 'http://[' };
    const env = { ...process.env, ...proxies };
    const { stdout } = await run(process.execPath, [START.pathname, '--once', ...PORTS], { cwd: PROJECT, env });

    const outcomes = [...stdout.matchAll(/^ {2}\S+ {2,}(.*?) {2,}(\w+|\(not touched\))$/gm)].map(([, what, how]) => [
      what,
      how,
    ]);
    expect(outcomes).toEqual([
      ...Array.from({ length: 3 }, () => ['abandoned 20 minutes ago', 'deleted']),
      ['abandoned, and the cluster fails on it', 'failed'],
      ['all chunks there, maybe being committed', 'active'],
      ['stale in the table, still receiving chunks', 'active'],
      ['unknown to the cluster', 'notFound'],
      ['a row whose key is no GUID', 'invalid'],
      ['fresh', '(not touched)'],
    ]);
    expect(stdout).toMatch(
      /17\.0 MiB before, 8\.0 MiB after; 9\.0 MiB freed, 9\.0 MiB of them by the sweep's own count/,
    );
    expect(stdout).not.toContain('expected:');
  });

  it('prints lines that find the failing session, say why, mend the cause and clean it up', async () => {
    started = await startChild(START, {
      args: PORTS,
      execArgv: [],
      // Node follows these by itself then. No proxy listens there.
      env: { ...process.env, HTTP_PROXY: 'http://127.0.0.1:9', NODE_USE_ENV_PROXY: '1' },
      ready: /^Serving and sweeping on\. Ctrl-C ends everything\.$/,
    });
    const printed = started.output();
    const cli = async (name: string) => {
      const [, line = ''] = new RegExp(`npm run --silent cli -- (${name} .*)$`, 'm').exec(printed) ?? [];
      const args = line.split(' ').map((word) => word.replaceAll("'", ''));
      return run(process.execPath, ['src/cli/main.ts', ...args], { cwd: PROJECT });
    };
    const [, faults = ''] = /curl -X DELETE '(\S+\/faults)'/.exec(printed) ?? [];

    expect((await cli('list')).stdout).toMatch(/waiting .*rates\.zip/);
    const why = (await cli('show')).stdout.replaceAll(/\s+/g, ' ');
    expect(why).toMatch(/FABRIC_E_NO_WRITE_QUORUM.*what to do Nothing, if it passes/);
    await fetch(faults, { method: 'DELETE' });
    await cli('retry');
    expect((await cli('sweep')).stdout).toMatch(/ 1 {2}deleted /);
    expect((await cli('show')).stdout).toMatch(/not registered, or settled already.* deleted /s);
  });
});
