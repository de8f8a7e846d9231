import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { until } from '../support/app.ts';
import { isThere, startProgram } from './program.ts';
import { type SampleWorld, startSampleWorld } from './sampleWorld.ts';

const sample = (path: string) => fileURLToPath(new URL(`../../docs/samples/${path}`, import.meta.url));
/** More than pipes buffer, and no chunk like another. */
const FILE = randomBytes(2_500_000);
/** In milliseconds, for a busy machine. */
const PATIENCE_MS = 60_000;
jest.setTimeout(120_000);

const folder = await mkdtemp(join(tmpdir(), 'samples-'));
let world: SampleWorld;

beforeAll(async () => {
  await writeFile(join(folder, 'web.zip'), FILE);
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

/** PowerShell, if it is installed, or `dotnet tool install` can install it into a folder of this test. */
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

const pwsh = await findPowerShell();
const SCRIPTS: [name: string, isHere: boolean, command: string, args: string[]][] = [
  ['curl', isThere('curl') && isThere('bash'), 'bash', [sample('curl/upload.sh')]],
  ['Python', isThere('python3'), 'python3', [sample('python/upload.py')]],
  ['TypeScript', true, process.execPath, [sample('typescript/upload.ts')]],
  ['PowerShell', pwsh !== undefined, pwsh ?? '', ['-NoProfile', sample('powershell/upload.ps1')]],
];
for (const [name, isHere] of SCRIPTS) {
  if (!isHere) console.warn(`The tests of the sample for ${name} are skipped: its runtime is not here.`);
}

describe.each(SCRIPTS)('the sample for %s', (name, isHere, command, args) => {
  const test = isHere ? it : it.skip;

  function start(path: string) {
    return startProgram(command, [...args, join(folder, 'web.zip'), path], {
      CLUSTER: world.cluster.endpoint,
      APP: world.front.url,
      OWNER: 'pipeline-7',
      CHUNK_BYTES: '1000000',
    });
  }
  const sessionOf = (printed: string) => /upload session (\S+)/.exec(printed)?.[1] ?? '';

  test('registers, uploads with heartbeats, commits and deletes', async () => {
    world.front.calls.length = 0;
    const path = `Shop/${name} 1/web.zip`.replace(' ', name === 'curl' ? '' : ' ');
    const program = start(path);

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
    expect(FILE.equals(await readFile(join(world.cluster.folder, 'store', path)))).toBe(true);
  });

  test('still uploads without the app', async () => {
    world.front.mode = 'hangUp';
    const program = start('Shop/web.zip');

    expect(await program.end()).toBe(0);
    expect(program.output()).toContain('did not accept');
  });

  test('deletes its session if a chunk fails, and reports the error', async () => {
    await world.cluster.control.setFaults([{ operation: 'uploadChunk', answer: { status: 500, code: 'E_FAIL' } }]);
    const program = start('Shop/web.zip');

    const code = await program.end();

    const id = sessionOf(program.output());
    expect(code).not.toBe(0);
    expect(await world.cluster.control.log({ operation: 'delete', sessionId: id })).toHaveLength(1);
  });

  test('is cleaned up after STALE_AFTER, and not before, if it is killed', async () => {
    await world.setClusterBack(40);
    await world.cluster.control.setFaults([{ operation: 'commit', latencyMs: 60_000 }]);
    const program = start('Shop/web.zip');
    const id = await until(() => sessionOf(program.output()) || undefined, PATIENCE_MS);
    // During the commit no chunk is in transit, which would arrive after the clock is set.
    const commits = () => world.cluster.control.log({ operation: 'commit', sessionId: id });
    await until(async () => ((await commits()).length > 0 ? true : undefined), PATIENCE_MS);
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
