import { exec, execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type Child, startChild } from '../../../src/local/childProcess.ts';

const START = new URL('../../../src/local/start/main.ts', import.meta.url);
const PROJECT = new URL('../../../', import.meta.url);
const PORTS = ['--port', '0', '--cluster-port', '0'];
/** In milliseconds. Several processes start one after the other, each of which loads the storage library. */
const LONG_MS = 120_000;
const TERMINAL = { lines: 24, columns: 80 };
/** The lines that npm prints before the script's own output. */
const NPM_LINES = 4;
const KINDS = [
  ['3', 'abandoned 20 minutes ago', 'deleted'],
  ['1', 'abandoned, but its deletion fails', 'failed'],
  ['1', 'all chunks received, commit may be running', 'active'],
  ['1', 'stale in the table, still receiving chunks', 'active'],
  ['1', 'unknown to the cluster', 'notFound'],
  ['1', 'a row whose key is not a GUID', 'invalid'],
  ['2', 'fresh: less than 15 minutes old', '(not touched)'],
];
const run = promisify(execFile);
const runInShell = promisify(exec);

let started: Child | undefined;
afterEach(async () => {
  await started?.stop();
  started = undefined;
});

/** The kinds of sessions in a report, with their number and the outcome of the first sweep. */
const kindsIn = (text: string) =>
  [...text.matchAll(/^ {2}(\d) {2}(.*?) {2,}(\w+|\(not touched\))$/gm)].map((match) => match.slice(1));

describe('npm start', () => {
  it(
    'shows a session of every kind with its outcome, and ends with 0, with any proxies and schedule in the environment',
    async () => {
      // There is no proxy at these addresses. With the last two, storage libraries fail for every connection.
      const proxies = { HTTPS_PROXY: 'http://127.0.0.1:9', http_proxy: '127.0.0.1:9', ALL_PROXY: 'http://[' };
      const env = { ...process.env, ...proxies, SWEEP_SCHEDULE: '* * * * * *' };
      const { stdout } = await run(process.execPath, [START.pathname, '--once', ...PORTS], { cwd: PROJECT, env });

      const readme = await readFile(new URL('README.md', PROJECT), 'utf8');
      const table = /^ {2}\d {2}.*$/gm;
      expect(kindsIn(stdout)).toEqual(KINDS);
      expect(readme.match(table)).toEqual(stdout.match(table));
      expect(stdout).toMatch(/18\.0 MiB before, 9\.0 MiB after; 9\.0 MiB freed\./);
      expect(stdout).not.toContain('expected:');
    },
    LONG_MS,
  );

  it(
    'fits a small terminal, names the page first, and prints commands with the results that their comments state',
    async () => {
      started = await startChild(START, {
        args: PORTS,
        execArgv: [],
        // Node itself then uses these. There is no proxy at these addresses.
        env: { ...process.env, HTTP_PROXY: 'http://127.0.0.1:9', NODE_USE_ENV_PROXY: '1' },
        ready: /^Sweeps every 5 minutes\. Press Ctrl-C to stop everything\.$/,
        timeoutMs: LONG_MS,
      });
      const screen = started.output().split('\n');
      const [, file = ''] = /^ {2}cat (\S+)/m.exec(started.output()) ?? [];
      const [, logFile = ''] = /^Log +(\S+)$/m.exec(started.output()) ?? [];
      const pasted = async (line: string) => (await runInShell(line, { cwd: PROJECT })).stdout;
      const lines = (await readFile(file, 'utf8')).split('\n');
      const line = (start: string) => lines.find((one) => one.startsWith(start)) ?? 'false';
      const [dryRun = '', sweep = ''] = lines.filter((one) => one.includes('/api/sweeps'));

      expect(screen[0]).toMatch(/^Page for operators +http:\/\/127\.0\.0\.1:\d+\/api\/dashboard$/);
      expect(screen.length).toBeLessThanOrEqual(TERMINAL.lines - NPM_LINES);
      expect(Math.max(...screen.map((one) => one.length))).toBeLessThanOrEqual(TERMINAL.columns);
      expect((await stat(file)).mode & 0o777).toBe(0o600);

      expect(dryRun.replace('"dryRun":true,', '')).toBe(sweep);
      expect(await pasted(line('curl -i -X DELETE'))).toMatch(/"outcome":\s*"deleted"/);
      expect(await pasted(line('curl -i -X DELETE'))).toMatch(/"outcome":\s*"notFound"/);
      // A complete upload, and one that paused for five minutes.
      const would = [...(await pasted(dryRun)).matchAll(/"outcome":\s*"wouldDelete"/g)].length;
      const { outcomes } = JSON.parse(await pasted(sweep)) as { outcomes: { deleted: number } };
      expect(would).toBeGreaterThanOrEqual(2);
      expect(outcomes.deleted).toBe(would);

      expect((await pasted(line('npm run -s cli -- show'))).replaceAll(/\s+/g, ' ')).toMatch(
        /FABRIC_E_NO_WRITE_QUORUM/,
      );
      await pasted(lines.find((one) => one.endsWith("/faults'")) ?? 'false');
      await pasted(line('npm run -s cli -- retry'));
      expect(await pasted(line('npm run -s cli -- sweep'))).toMatch(/ 1 {2}deleted /);

      expect(started.output().split('\n')).toEqual(screen);
      expect(await readFile(logFile, 'utf8')).toContain("Executed 'Functions.deleteUploadSession' (Succeeded");
    },
    LONG_MS,
  );

  it(
    'shares the first sweep among several hosts',
    async () => {
      const { stdout } = await run(process.execPath, [START.pathname, '--once', '--hosts', '2', ...PORTS], {
        cwd: PROJECT,
      });

      expect(stdout).toContain('First sweep: completed in 16 parts, shared by the hosts');
      const readme = await readFile(new URL('README.md', PROJECT), 'utf8');
      const table = /^ {2}\d {2}.*$/gm;
      expect(kindsIn(stdout)).toEqual(KINDS);
      expect(readme.match(table)).toEqual(stdout.match(table));
    },
    LONG_MS,
  );

  it.each([
    [['--hosts', '0'], '--hosts 0 is not a number from 1 to 8.'],
    [['--hosts', 'two'], '--hosts two is not a number from 1 to 8.'],
    [['--hosts', '2', '--func'], '--func runs one host: leave --hosts out.'],
    [['--secured', 'password'], '--secured password is not one of certificate, entra.'],
  ])('names the invalid option: %j', async (args, message) => {
    await expect(run(process.execPath, [START.pathname, ...args], { cwd: PROJECT })).rejects.toMatchObject({
      stderr: `${message}\n`,
      code: 1,
    });
  });
});
