import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Metafile } from 'esbuild';
import { buildApp } from '../../../src/local/build/buildApp.ts';

let folder: string;
let outputs: Metafile['outputs'];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'built-'));
  ({ outputs } = await buildApp(join(folder, 'dist')));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the bundle', () => {
  it('needs only Node and what the worker provides', () => {
    const needed = Object.values(outputs).flatMap(({ imports }) => imports.filter(({ external }) => external));

    const packages = new Set(needed.map(({ path }) => path).filter((path) => !isBuiltin(path)));
    packages.delete('kerberos'); // Optional for a library.
    expect([...packages]).toEqual(['@azure/functions-core']);
  });

  it('registers its functions without loading what only calls need', () => {
    const loaded = staticFiles('index.js').flatMap((file) => Object.keys(outputs[file]?.inputs ?? {}));

    const packages = new Set(loaded.map((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]));
    expect([...packages].filter(Boolean).sort()).toEqual([
      '@azure/functions',
      '@azure/functions-extensions-base',
      'cookie',
    ]);
    expect(loaded.filter((path) => /src\/(settings|cleanup|storage|imageStore)/.test(path)).sort()).toEqual([
      'src/settings/getter.ts',
      'src/settings/registrationSettings.ts',
    ]);
  });

  it('serves a call without the identity library if none is needed', () => {
    const loaded = [...staticFiles('deleteUploadSession-'), ...staticFiles('app-')];

    const packages = loaded.flatMap((file) => Object.keys(outputs[file]?.inputs ?? {}));
    expect(packages.some((path) => path.includes('node_modules/node-fetch/'))).toBe(true);
    expect(packages.filter((path) => /@azure\/(identity|msal)|opentelemetry/.test(path))).toEqual([]);
  });

  it('checks requests and settings with few bytes, because every cold start loads them', () => {
    const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
    const sizes = inputs.flatMap(([path, { bytesInOutput }]) => (/\/valibot\//.test(path) ? [bytesInOutput] : []));

    expect(sizes.length).toBeGreaterThan(0);
    expect(sizes.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(50_000);
  });

  it('replaces the files of an earlier build', async () => {
    const before = await readdir(join(folder, 'dist', 'chunks'));
    await buildApp(join(folder, 'dist'));

    expect(await readdir(join(folder, 'dist', 'chunks'))).toEqual(before);
  });
});

/** The files that are loaded before a file's own code runs: the file, and its static imports. */
function staticFiles(name: string): string[] {
  const start = Object.keys(outputs).find((file) => file.split('/').pop()?.startsWith(name) && file.endsWith('.js'));
  const found = new Set<string>();
  const visit = (file: string | undefined) => {
    if (file === undefined || found.has(file)) return;
    found.add(file);
    for (const { path, kind } of outputs[file]?.imports ?? []) {
      if (kind === 'import-statement' && outputs[path]) visit(path);
    }
  };
  visit(start);
  return [...found];
}
