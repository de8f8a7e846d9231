import { execFile } from 'node:child_process';
import { copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROUTES } from '../../../src/functions/routing/routes.ts';
import { buildApp, PROJECT } from '../../../src/local/build/buildApp.ts';
import { bundle } from '../../../src/local/build/bundle.ts';
import type { DeployedApp } from './coldStart.ts';
import { QUEUES, TIMERS } from './functions.ts';

export const PEERS = ['our bundle', 'empty handlers', 'the least deletion', 'the app written first'] as const;
export type Peer = (typeof PEERS)[number];

/** Built apps, and the local functions host's worker that runs them. */
export interface Apps {
  worker: string;
  of: Record<Peer, DeployedApp>;
}

/** Builds all apps and the worker into a folder. */
export async function makeApps(folder: string, settings: Record<string, string>): Promise<Apps> {
  const app = async (name: string, build: (dist: string) => Promise<unknown>): Promise<DeployedApp> => {
    const directory = join(folder, name);
    const dist = join(directory, 'dist');
    await mkdir(directory);
    await writeFile(join(directory, 'package.json'), '{"type":"module"}');
    await build(dist);
    return { directory, entryFile: join(dist, 'index.js'), settings };
  };
  const bundled = (source: string) => (dist: string) =>
    bundle({ project: PROJECT, outdir: dist, entryPoints: { index: `test/bench/coldStart/${source}` } });
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await bundle({
    project: PROJECT,
    outdir: join(folder, 'worker'),
    entryPoints: { main: 'src/local/host/worker/main.ts' },
  });
  return {
    worker: join(folder, 'worker', 'main.js'),
    of: {
      'our bundle': await app('ours', buildApp),
      'empty handlers': await app('empty', bundled('emptyApp.ts')),
      'the least deletion': await app('least', bundled('leastApp.ts')),
      'the app written first': await app('first', compileFirst),
    },
  };
}

/** Compiles the app that people write first with tsc, as the platform's TypeScript template does, with `node_modules` next to it. */
async function compileFirst(dist: string): Promise<void> {
  const directory = join(dist, '..');
  await symlink(join(PROJECT, 'node_modules'), join(directory, 'node_modules'));
  await mkdir(join(directory, 'src'));
  await copyFile(join(import.meta.dirname, 'naiveApp.ts'), join(directory, 'src', 'index.ts'));
  const compilerOptions = {
    ...{ module: 'nodenext', target: 'es2024', types: ['node'], skipLibCheck: true },
    ...{ strict: true, rootDir: 'src', outDir: 'dist' },
  };
  await writeFile(join(directory, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
  await promisify(execFile)(process.execPath, [join(PROJECT, 'node_modules/typescript/bin/tsc')], { cwd: directory });
  const routes = Object.entries(ROUTES).map(([name, { method, path, authLevel }]) => ({
    name,
    method,
    path,
    authLevel,
  }));
  await writeFile(join(dist, 'functions.json'), JSON.stringify({ routes, timers: TIMERS, queues: QUEUES }));
}
