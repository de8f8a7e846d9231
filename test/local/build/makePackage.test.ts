import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { unzipSync } from 'fflate';
import { buildApp, PROJECT } from '../../../src/local/build/buildApp.ts';
import { makePackage } from '../../../src/local/build/makePackage.ts';
import { stageApp } from '../../../src/local/build/stageApp.ts';
import { startApp } from '../../support/app.ts';
import { allRows, writeRows } from '../../support/tables.ts';

let folder: string;
let staged: string;
let zip: Uint8Array;
let deployed: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'package-'));
  staged = join(folder, 'staged');
  await buildApp(join(folder, 'dist'));
  await stageApp({ project: PROJECT, dist: join(folder, 'dist'), folder: staged });
  zip = await makePackage(staged);
  deployed = join(folder, 'deployed');
  for (const [path, bytes] of Object.entries(unzipSync(zip))) {
    await mkdir(dirname(join(deployed, path)), { recursive: true });
    await writeFile(join(deployed, path), bytes);
  }
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the package to deploy', () => {
  it('contains host.json, package.json and the bundle, and no development files', () => {
    const files = unzipSync(zip);

    const others = Object.keys(files).filter((path) => !/^dist\/(chunks\/)?[\w-]+\.js$/.test(path));
    expect(others).toEqual(['dist/page.css', 'host.json', 'package.json']);
    const manifest: unknown = JSON.parse(Buffer.from(files['package.json'] ?? []).toString());
    expect(manifest).toMatchObject({ type: 'module', main: 'dist/index.js' });
    expect(manifest).not.toHaveProperty('dependencies');
    expect(manifest).not.toHaveProperty('scripts');
  });

  it('is the same, byte by byte, if it is made again', async () => {
    expect(Buffer.compare(zip, await makePackage(staged))).toBe(0);
  });

  it('is the staged folder, file by file', async () => {
    const entries = await readdir(staged, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));

    for (const file of files) expect(await readFile(file)).toEqual(await readFile(file.replace(staged, deployed)));
    expect(Object.keys(unzipSync(zip))).toHaveLength(files.length);
  });

  it('replaces the files of an earlier build', async () => {
    await writeFile(join(staged, 'dist', 'left-over.js'), '');
    await stageApp({ project: PROJECT, dist: join(folder, 'dist'), folder: staged });

    expect(await readdir(join(staged, 'dist'))).not.toContain('left-over.js');
  });

  it('runs in an empty folder without node_modules: registers all functions, sweeps, deletes over HTTP', async () => {
    const fromSources = await startApp();
    const functions = listedFunctions(fromSources.host.output());
    await fromSources.close();
    const app = await startApp({}, {}, ['--app', deployed, '--bundle']);
    try {
      const row = { partitionKey: 'default', rowKey: randomUUID(), lastActivity: new Date(0) };
      await writeRows(app.tables.sessions, [row]);

      const run = await app.sweep();
      const answer = await fetch(`${app.url}/api/upload-sessions/${randomUUID()}`, { method: 'DELETE' });

      expect(functions.length).toBeGreaterThan(10);
      expect(listedFunctions(app.host.output())).toEqual(functions);
      expect(run).toMatchObject({ stoppedBy: 'completed', notFound: 1 });
      expect(await allRows(app.tables.sessions)).toEqual([]);
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({ outcome: 'notFound' });
    } finally {
      await app.close();
    }
  });
});

/** The functions that the host lists at its start, with their routes and schedules. */
function listedFunctions(output: string): string[] {
  return output
    .split('\n')
    .filter((line) => /^ {2}\w+: /.test(line))
    .map((line) => line.replace(/http:\/\/[^/]+/, ''));
}
