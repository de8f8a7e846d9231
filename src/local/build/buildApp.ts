import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Metafile } from 'esbuild';
import { buildPage } from './buildPage.ts';
import { bundle } from './bundle.ts';

export const PROJECT = fileURLToPath(new URL('../../../', import.meta.url));

/** The programs: the app, and the operators' command line. */
const PROGRAMS = { index: 'src/index.ts', cli: 'src/cli/main.ts' };

/**
 * Builds the app.
 *
 * @param outdir - is replaced; by default `dist` of this project, which package.json's `main` names
 */
export async function buildApp(outdir: string = join(PROJECT, 'dist')): Promise<Metafile> {
  await rm(outdir, { recursive: true, force: true });
  const programs = Object.entries(PROGRAMS).filter(([, source]) => existsSync(join(PROJECT, source)));
  await buildPage(outdir);
  return bundle({ entryPoints: Object.fromEntries(programs), project: PROJECT, outdir });
}
