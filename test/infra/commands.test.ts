import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pageText, shellBlocks } from '../docs/codeBlocks.ts';
import { readInfra } from './snapshot.ts';

const { parameters, outputs } = JSON.parse(readInfra('main.json')) as {
  parameters: Record<string, { defaultValue?: unknown }>;
  outputs: Record<string, unknown>;
};
const PROGRAMS = ['az', 'azd', 'npm', 'upload-session-sweeper'];

const describeOnPosix = process.platform === 'win32' ? describe.skip : describe;
describeOnPosix('the commands of docs/deploying.md, with stand-ins for the programs', () => {
  let folder: string;
  /** Their calls, each with its arguments. */
  let calls: string[][];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'walk-'));
    // As the CLI does, in another case.
    const shown = Object.keys(outputs).map((name) => [
      `${name[0]?.toLowerCase()}${name.slice(1)}`,
      { value: `the ${name}` },
    ]);
    await writeFile(join(folder, 'outputs.json'), JSON.stringify(Object.fromEntries(shown)));
    const standIn = `#!/bin/sh
printf '%s\\n' "$(basename "$0")" "$@" '' >>'${folder}/calls'
case "$*" in 'deployment sub show '*) cat '${folder}/outputs.json' ;; esac
`;
    for (const program of PROGRAMS) {
      await writeFile(join(folder, program), standIn);
      await chmod(join(folder, program), 0o755);
    }
    const script = shellBlocks('docs/deploying.md').map(({ text }) => text);
    await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script.join('\n')], {
      cwd: folder,
      env: { PATH: [folder, process.env['PATH']].join(delimiter), CLUSTER_CERTIFICATE_RESOURCE_ID: 'the secret' },
    });
    const text = await readFile(join(folder, 'calls'), 'utf8');
    calls = text.split('\n\n').map((call) => call.split('\n'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const callsOf = (...words: string[]) =>
    calls.filter((call) => words.every((word, n) => call[n] === word)).map((call) => call.slice(words.length));

  it('run scripts of the project', () => {
    const { scripts } = JSON.parse(pageText('package.json')) as { scripts: object };
    const named = callsOf('npm', 'run').map((args) => args.find((one) => !one.startsWith('-')) ?? '');

    expect(new Set(named)).toEqual(new Set(['package', 'before-deploy', 'after-deploy', 'before-provision', 'cli']));
    for (const name of named) expect(Object.keys(scripts)).toContain(name);
  });

  it('set variables that the parameters file reads', () => {
    const read = [...readInfra('main.bicepparam').matchAll(/readEnvironmentVariable\('(\w+)'/g)].map(
      ([, name]) => name,
    );
    const set = callsOf('azd', 'env', 'set').map(([name]) => name);

    expect(set).toContain('CLUSTER_ENDPOINTS');
    for (const name of set) expect(read).toContain(name);
  });

  it('give the template every parameter that it requires, and none that it does not have', () => {
    const [args = []] = callsOf('az', 'deployment', 'sub', 'create');
    const given = args.filter((one) => one.includes('=')).map((one) => one.split('=')[0]);

    const required = Object.entries(parameters).flatMap(([name, one]) => ('defaultValue' in one ? [] : [name]));
    expect(given.sort()).toEqual(required.sort());
    expect(args).toEqual(expect.arrayContaining(['--template-file', 'infra/main.json']));
  });

  it('deploy the package to the app that the template names', () => {
    const [args = []] = callsOf('az', 'functionapp', 'deployment', 'source', 'config-zip');

    expect(args.join(' ')).toBe(
      '--resource-group the AZURE_RESOURCE_GROUP --name the SWEEPER_APP_NAME --src upload-session-sweeper.zip',
    );
  });
});
