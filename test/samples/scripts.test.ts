import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { until } from '../support/app.ts';
import { isThere, startProgram } from './program.ts';
import { type SampleWorld, startSampleWorld } from './sampleWorld.ts';

const sample = (path: string) => fileURLToPath(new URL(`../../docs/samples/${path}`, import.meta.url));
const FILE_BYTES = 2500;
/** For a machine that does other work beside the tests. */
const PATIENCE_MS = 60_000;
jest.setTimeout(120_000);

let folder: string;
let world: SampleWorld;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'samples-'));
  await writeFile(join(folder, 'web.zip'), Buffer.alloc(FILE_BYTES, 'content '));
  world = await startSampleWorld();
});
afterAll(async () => {
  await world?.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  world.front.mode = 'pass';
  await world.cluster.control.clearFaults();
  await world.cluster.control.setClockOffset(0);
});

/** PowerShell, where it is installed or `dotnet tool install` can install it into a folder of this test. */
async function findPowerShell(): Promise<string | undefined> {
  if (isThere('pwsh')) return 'pwsh';
  if (!isThere('dotnet')) return undefined;
  const install = spawn('dotnet', ['tool', 'install', 'PowerShell', '--tool-path', join(folder, 'pwsh')], {
    stdio: 'ignore',
    timeout: 60_000,
  });
  const code = await new Promise((resolve) => install.once('close', resolve));
  return code === 0 ? join(folder, 'pwsh/pwsh') : undefined;
}

const SCRIPTS: [name: string, find: () => Promise<string[] | undefined>][] = [
  ['curl', async () => (isThere('curl') && isThere('bash') ? ['bash', sample('curl/upload.sh')] : undefined)],
  ['Python', async () => (isThere('python3') ? ['python3', sample('python/upload.py')] : undefined)],
  ['TypeScript', async () => [process.execPath, sample('typescript/upload.ts')]],
  [
    'PowerShell',
    async () => {
      const pwsh = await findPowerShell();
      return pwsh ? [pwsh, '-NoProfile', sample('powershell/upload.ps1')] : undefined;
    },
  ],
];

describe.each(SCRIPTS)('the sample for %s', (name, find) => {
  let command: string[] | undefined;
  beforeAll(async () => {
    command = await find();
    if (!command) console.warn(`The tests of the sample for ${name} do nothing: its runtime is not here.`);
  }, 90_000);

  function start(path: string) {
    const [program = '', ...args] = command ?? [];
    return startProgram(program, [...args, join(folder, 'web.zip'), path], {
      CLUSTER: world.cluster.endpoint,
      APP: world.front.url,
      OWNER: 'pipeline-7',
      CHUNK_BYTES: '1000',
    });
  }
  const sessionOf = (printed: string) => /upload session (\S+)/.exec(printed)?.[1] ?? '';

  it('registers, uploads with heartbeats, commits and deletes', async () => {
    if (!command) return;
    world.front.calls.length = 0;
    const program = start(`Shop/${name} 1/web.zip`.replace(' ', name === 'curl' ? '' : ' '));

    const code = await program.end();

    const id = sessionOf(program.output());
    expect({ code, output: program.output() }).toMatchObject({ code: 0, output: expect.stringContaining('committed') });
    expect(world.front.calls).toEqual(Array(4).fill(`PUT ${id}`));
    expect(await world.row(id)).toMatchObject({
      owner: 'pipeline-7',
      storeRelativePath: expect.stringContaining(name),
    });
    expect(await world.isOnCluster(id)).toBe(false);
    const commits = await world.cluster.control.log({ operation: 'commit', sessionId: id });
    expect(commits).toMatchObject([{ status: 200 }]);
  });

  it('uploads all the same without the app', async () => {
    if (!command) return;
    world.front.mode = 'hangUp';
    const program = start('Shop/web.zip');

    expect(await program.end()).toBe(0);
    expect(program.output()).toContain('did not accept');
  });

  it('deletes its session when a chunk fails, and says that it failed', async () => {
    if (!command) return;
    await world.cluster.control.setFaults([{ operation: 'uploadChunk', answer: { status: 500, code: 'E_FAIL' } }]);
    const program = start('Shop/web.zip');

    const code = await program.end();

    const id = sessionOf(program.output());
    expect(code).not.toBe(0);
    expect(await world.cluster.control.log({ operation: 'delete', sessionId: id })).toHaveLength(1);
  });

  it('is cleaned up after STALE_AFTER, and not before, when it is killed midway', async () => {
    if (!command) return;
    await world.setClusterBack(40);
    await world.cluster.control.setFaults([{ operation: 'commit', latencyMs: 60_000 }]);
    const program = start('Shop/web.zip');
    const id = await until(() => sessionOf(program.output()) || undefined, PATIENCE_MS);
    await until(async () => ((await world.isOnCluster(id)) ? true : undefined), PATIENCE_MS);
    await program.kill();
    await world.cluster.control.setClockOffset(0);

    await world.sweep();
    const isThereEarly = await world.isOnCluster(id);
    await world.ageRow(id, 40);
    await world.cluster.control.clearFaults();
    await world.sweep();

    expect(isThereEarly).toBe(true);
    expect(await world.outcomes(id)).toEqual(['deleted']);
    expect(await world.row(id)).toBeUndefined();
  });
});
