import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { until } from '../../support/app.ts';
import { useSecret } from '../../support/transcript.ts';
import type { FrontMode } from '../appFront.ts';
import { type Program, startProgram } from '../program.ts';
import { type SampleWorld, startSampleWorld } from '../sampleWorld.ts';

const HANDLER = fileURLToPath(new URL('../../../docs/samples/dotnet/UploadSessionHandler.cs', import.meta.url));
const PROGRAM = fileURLToPath(new URL('Program.cs', import.meta.url));
jest.setTimeout(120_000);
const KEY = `key-${randomUUID()}`;

const version = spawnSync('dotnet', ['--version'], { encoding: 'utf8' }).stdout?.trim();
const major = Number(version?.split('.')[0]);
if (!major) console.warn('The tests of the .NET sample are skipped: there is no dotnet here.');
const withDotnet = major ? describe : describe.skip;

/** The oldest version of C# that the sample supports. It uses no packages, so that nothing is downloaded. */
const project = `<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net${major}.0</TargetFramework>
    <LangVersion>7.3</LangVersion>
    <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
  </PropertyGroup>
</Project>
`;

let folder: string;
let world: SampleWorld;

/** @returns a new session's id, and the line that makes the program upload it */
function upload(chunks: number, begin = ''): { id: string; line: string } {
  const id = randomUUID();
  return { id, line: `Shop/Code/${id.slice(0, 8)}.zip ${id} ${chunks}${begin}` };
}

function start(env: Record<string, string> = {}, args: string[] = []): Program {
  return startProgram('dotnet', [join(folder, 'out/sample.dll'), ...args], {
    CLUSTER: world.cluster.endpoint,
    APP: world.front.url,
    KEY,
    ...env,
  });
}

/** Runs the program for these uploads to its end. @returns what it printed */
async function run(lines: string[], env: Record<string, string> = {}, args: string[] = []): Promise<string> {
  const program = start(env, args);
  for (const line of lines) program.say(line);
  await program.end();
  return program.output();
}

const chunksOf = async (id: string) =>
  (await world.cluster.control.log({ operation: 'uploadChunk', sessionId: id })).length;

withDotnet('the handler for the Service Fabric .NET HTTP client', () => {
  beforeAll(async () => {
    useSecret(KEY);
    folder = await mkdtemp(join(tmpdir(), 'dotnet-sample-'));
    await writeFile(join(folder, 'sample.csproj'), project);
    await copyFile(HANDLER, join(folder, 'UploadSessionHandler.cs'));
    await copyFile(PROGRAM, join(folder, 'Program.cs'));
    const build = startProgram('dotnet', ['build', folder, '-o', join(folder, 'out'), '-v', 'q', '-nodeReuse:false'], {
      DOTNET_CLI_TELEMETRY_OPTOUT: '1',
      UseSharedCompilation: 'false',
    });
    if ((await build.end()) !== 0) throw new Error(build.output());
    world = await startSampleWorld();
  }, 180_000);
  afterAll(async () => {
    await world?.close();
    if (folder) await rm(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    world.front.mode = 'pass';
    world.front.before = () => {};
    world.front.calls.length = 0;
    await world.cluster.control.clearFaults();
    await world.cluster.control.setClockOffset(0);
  });

  it('registers each session before its first chunk, and deletes it with its row after the commit', async () => {
    const [one, other] = [upload(12), upload(3)];
    const chunksBefore: number[] = [];
    const rows: unknown[] = [];
    world.front.before = async (method, id) => {
      if (method === 'PUT') chunksBefore.push(await chunksOf(id));
      else rows.push(await world.row(id));
    };

    const printed = await run([one.line, other.line]);

    expect(printed).toBe(`done: ${one.line}\ndone: ${other.line}\n`);
    expect(chunksBefore).toEqual([0, 0]);
    expect(rows).toMatchObject([
      { storeRelativePath: one.line.split(' ')[0], owner: 'pipeline "7" \\ ü' },
      { storeRelativePath: other.line.split(' ')[0] },
    ]);
    for (const { id } of [one, other]) {
      expect(await world.outcomes(id)).toEqual(['deleted']);
      expect(await world.row(id)).toBeUndefined();
      expect(await world.isOnCluster(id)).toBe(false);
    }
    expect((await world.cluster.control.disk()).staging.bytes).toBe(0);
  });

  it('leaves an upload that was killed to the sweep, which waits for STALE_AFTER', async () => {
    await world.setClusterBack(20);
    const { id, line } = upload(2, ' BEGIN');
    const program = start();
    program.say(line);
    await program.prints('done');
    await program.kill();
    await world.cluster.control.setClockOffset(0);

    const early = await world.sweep();
    const isThereEarly = await world.isOnCluster(id);
    await world.ageRow(id, 20);
    await world.sweep();

    expect(early).toMatchObject({ stoppedBy: 'completed', stale: 0 });
    expect(isThereEarly).toBe(true);
    expect(await world.outcomes(id)).toEqual(['deleted']);
    expect(await world.isOnCluster(id)).toBe(false);
    expect(await world.row(id)).toBeUndefined();
  });

  it('sends heartbeats with later chunks', async () => {
    const { id, line } = upload(2, ' BEGIN');
    const program = start({ HEARTBEAT_EVERY_MS: '0' });
    program.say(line);
    await program.prints('done');
    await world.ageRow(id, 60);
    await world.cluster.control.setFaults([{ operation: 'uploadChunk', answer: { status: 200 } }]);

    program.say(line);
    await until(async () => {
      const lastActivity = (await world.row(id))?.['lastActivity'] as Date;
      return Date.now() - lastActivity.getTime() < 30 * 60_000 ? true : undefined;
    });

    await program.kill();
    expect(await world.isOnCluster(id)).toBe(true);
  });

  describe('when a chunk or the commit fails', () => {
    const chunkFails = { operation: 'uploadChunk', times: 1, answer: { status: 500, code: 'E_FAIL' } } as const;
    const lostConnection = { operation: 'uploadChunk', times: 1, connection: 'breakBeforeAnswer' } as const;
    const commitRefused = { operation: 'commit', times: 1, answer: { status: 400, code: 'E_INVALIDARG' } } as const;

    it.each([
      ['a chunk is refused and the process exits', chunkFails, []],
      ['the connection is lost and the process exits', lostConnection, []],
      ['the commit is refused and the process exits', commitRefused, []],
      ['a chunk is refused and the process crashes', chunkFails, ['crash']],
    ])('deletes the session when %s', async (_, fault, args) => {
      await world.cluster.control.setFaults([fault]);
      const { id, line } = upload(3);

      const printed = await run([line], {}, args);

      expect(printed).toContain('failed:');
      expect(await world.isOnCluster(id)).toBe(false);
      expect(await world.row(id)).toBeUndefined();
      expect(await world.outcomes(id)).toEqual(['deleted']);
    });

    it('deletes it when the client is disposed, while the process continues', async () => {
      await world.cluster.control.setFaults([chunkFails]);
      const { id, line } = upload(3);
      const program = start();

      program.say(line);
      program.say('DISPOSE');

      await until(async () => ((await world.outcomes(id)).length > 0 ? true : undefined));
      expect(await world.isOnCluster(id)).toBe(false);
      await program.end();
    });

    it('deletes it if nothing more is sent for DeleteFailedAfter, while the process continues', async () => {
      await world.cluster.control.setFaults([chunkFails]);
      const { id, line } = upload(3);
      const program = start({ DELETE_FAILED_AFTER_MS: '50' });

      program.say(line);

      await until(async () => ((await world.outcomes(id)).length > 0 ? true : undefined));
      expect(await world.isOnCluster(id)).toBe(false);
      await program.end();
    });

    it('does not delete an upload that sends the failed chunk again', async () => {
      await world.cluster.control.setFaults([chunkFails]);
      const { id, line } = upload(1, ' BEGIN');

      const printed = await run([line, line]);

      expect(printed).toMatch(/failed: .*\ndone: /);
      expect(await world.isOnCluster(id)).toBe(true);
      expect(await world.row(id)).toBeDefined();
    });

    it('does not delete an upload whose chunk arrived although its answer was lost', async () => {
      await world.cluster.control.setFaults([{ ...lostConnection, applied: true }]);
      const { id, line } = upload(1, ' BEGIN');

      await run([line, line]);

      expect(await world.isOnCluster(id)).toBe(true);
    });

    it.each([
      ['is not answered', { operation: 'commit', connection: 'breakBeforeAnswer' } as const],
      ['times out', { operation: 'commit', answer: { status: 504, code: 'FABRIC_E_TIMEOUT' } } as const],
    ])('does not delete a session whose commit %s, because it may still run', async (_, fault) => {
      await world.cluster.control.setFaults([fault]);
      const { id, line } = upload(2);

      await run([line]);

      expect(await world.isOnCluster(id)).toBe(true);
      expect(await world.row(id)).toBeDefined();
    });

    it('does not delete the session of another file with the same id', async () => {
      const { id, line } = upload(2, ' BEGIN');
      await run([line]);

      const printed = await run([line.replace('Code', 'Other')]);

      expect(printed).toContain('answered 409');
      expect(await world.isOnCluster(id)).toBe(true);
    });
  });

  it.each<[FrontMode, Record<string, string>]>([
    ['refuse', {}],
    ['fail', {}],
    ['redirect', {}],
    ['hangUp', {}],
    ['deaf', { HANDLER_TIMEOUT_MS: '200' }],
    ['deafToDelete', { HANDLER_TIMEOUT_MS: '200' }],
  ])('still uploads if the app does this: %s; reports it, and deletes on the cluster', async (mode, env) => {
    world.front.mode = mode;
    const uploads = [upload(12), upload(3)];

    const printed = await run(
      uploads.map(({ line }) => line),
      env,
    );

    for (const { id, line } of uploads) {
      expect(printed).toContain(`done: ${line}`);
      expect(printed).toContain('log: The app');
      expect(await world.isOnCluster(id)).toBe(false);
    }
    // After one failed call it waits, instead of making one for each chunk.
    expect(world.front.calls.filter((call) => call.startsWith('PUT')).length).toBeLessThanOrEqual(2);
  });

  it('does not fail a commit whose caller stops waiting during the deletion', async () => {
    world.front.mode = 'deafToDelete';
    const { line } = upload(2);

    expect(await run([line], { CLIENT_TIMEOUT_MS: '1500', HANDLER_TIMEOUT_MS: '4000' })).toContain(`done: ${line}`);
  });

  it('deletes on the cluster with a key for registering only, and the sweep removes the row', async () => {
    world.front.mode = 'registerOnly';
    const uploads = [upload(2), upload(2)];

    await run(uploads.map(({ line }) => line));

    const calls = world.front.calls.map((call) => call.split(' ')[0]);
    expect(calls).toEqual(['PUT', 'DELETE', 'PUT']);
    for (const { id } of uploads) {
      expect(await world.isOnCluster(id)).toBe(false);
      expect(await world.row(id)).toBeDefined();
      await world.ageRow(id, 20);
    }
    await world.sweep();
    for (const { id } of uploads) {
      expect(await world.row(id)).toBeUndefined();
      expect(await world.outcomes(id)).toEqual(['notFound']);
    }
  });
});
