import { execFile, spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { PAGES, shellBlocks } from '../docs/codeBlocks.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

interface Step {
  name?: string;
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
}
interface Workflow {
  on: Record<string, { inputs?: Record<string, unknown> } | null>;
  permissions: Record<string, string>;
  jobs: Record<string, { steps: Step[]; 'timeout-minutes': number }>;
}

const WORKFLOWS = globSync('.github/workflows/*.yml', { cwd: ROOT });
const workflow = (file: string) => parse(read(file)) as Workflow;
const stepsOf = (file: string) => Object.values(workflow(file).jobs).flatMap(({ steps }) => steps);
const DEPLOY = '.github/workflows/deploy.yml';

describe.each(WORKFLOWS)('%s', (file) => {
  it('pins its actions, leaves no token in the checkout, and ends some time', () => {
    const actions = stepsOf(file).flatMap(({ uses }) => uses ?? []);

    expect(actions.length).toBeGreaterThan(0);
    for (const action of actions) expect(action).toMatch(/@(v\d+(\.\d+)*|[0-9a-f]{40})$/);
    const checkout = stepsOf(file).find(({ uses }) => uses?.startsWith('actions/checkout@'));
    expect(checkout?.with).toMatchObject({ 'persist-credentials': false });
    for (const job of Object.values(workflow(file).jobs)) expect(job['timeout-minutes']).toBeLessThanOrEqual(60);
  });

  it('puts no expression into a script, where its value would be run', () => {
    for (const { run = '' } of stepsOf(file)) expect(run).not.toContain('${{');
  });

  it('runs the Node.js version of the project', () => {
    const versions = stepsOf(file).flatMap(({ with: given }) => given?.['node-version'] ?? []);

    expect(versions.map(String)).toEqual([read('.nvmrc').trim()]);
  });
});

describe(DEPLOY, () => {
  it('runs on demand only, with a federated credential and no secret', () => {
    const { on, permissions } = workflow(DEPLOY);

    expect(Object.keys(on)).toEqual(['workflow_dispatch']);
    expect(permissions).toEqual({ contents: 'read', 'id-token': 'write' });
    expect(read(DEPLOY)).not.toMatch(/secrets\./);
  });

  it('reads inputs that it has and variables that are documented', () => {
    const declared = Object.keys(workflow(DEPLOY).on['workflow_dispatch']?.inputs ?? {});
    const named = (kind: string) =>
      [...read(DEPLOY).matchAll(new RegExp(`\\b${kind}\\.(\\w+)`, 'g'))].map(([, name]) => name);

    expect(new Set(named('inputs'))).toEqual(new Set(declared));
    const page = read('docs/deploying.md');
    expect(named('vars').length).toBeGreaterThan(5);
    for (const name of named('vars')) expect(page).toContain(`\`${name}\``);
  });

  const onPosix = process.platform === 'win32' ? it.skip : it;
  onPosix('gives azd each parameter as it is', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'azd-'));
    // Reads what is left for the shell, as a program that asks could.
    await writeFile(join(folder, 'azd'), '#!/bin/sh\nprintf "%s|" "$@" >>"$0.log"\necho >>"$0.log"\ncat >/dev/null\n');
    await chmod(join(folder, 'azd'), 0o755);
    const script = stepsOf(DEPLOY).find(({ name }) => name === 'Set the parameters')?.run ?? '';
    const env = {
      PATH: [folder, process.env['PATH']].join(delimiter),
      AZURE_ENV_NAME: 'sweeper',
      AZURE_LOCATION: 'westeurope',
      AZURE_SUBSCRIPTION_ID: 'subscription',
      CLUSTER_ENDPOINTS: 'https://cluster:19080',
      PARAMETERS: 'CLUSTER_CA=YWJj=\r\n\nSWEEP_SCHEDULE=0 */5 * * * *',
    };

    const running = promisify(execFile)('bash', ['-e', '-c', script], { env });
    running.child.stdin?.end();
    await running;

    const calls = (await readFile(join(folder, 'azd.log'), 'utf8')).trim().split('\n');
    await rm(folder, { recursive: true });
    expect(calls.slice(1)).toEqual([
      'env|set|CLUSTER_ENDPOINTS|https://cluster:19080|',
      'env|set|CLUSTER_CA=YWJj=|',
      'env|set|SWEEP_SCHEDULE=0 */5 * * * *|',
    ]);
  });
});

const hasShellcheck = spawnSync('shellcheck', ['--version']).status === 0;
if (!hasShellcheck) console.warn('The tests that lint scripts are skipped: shellcheck is not installed.');

/** Every script for a shell, by where it stands. */
const SCRIPTS: [place: string, text: string][] = [
  ...['.ci/run', ...globSync('docs/samples/**/*.sh', { cwd: ROOT })].map((file): [string, string] => [
    file,
    read(file),
  ]),
  ...WORKFLOWS.flatMap((file) =>
    stepsOf(file).flatMap(({ name, run }): [string, string][] => (run ? [[`${file}: ${name ?? run}`, run]] : [])),
  ),
  ...PAGES.flatMap(shellBlocks).map(({ page, line, text }): [string, string] => [`${page}:${line}`, text]),
];

(hasShellcheck ? it : it.skip)('shellcheck has nothing to say about any script', () => {
  const faults = SCRIPTS.flatMap(([place, text]) => {
    const { stdout } = spawnSync('shellcheck', ['--shell=bash', '--format=gcc', '-'], {
      input: text,
      encoding: 'utf8',
    });
    return stdout === '' ? [] : [`${place}\n${stdout}`];
  });

  expect(SCRIPTS.length).toBeGreaterThan(20);
  expect(faults).toEqual([]);
});
