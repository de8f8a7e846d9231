import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROJECT = fileURLToPath(new URL('../../../', import.meta.url));

/** The oldest browsers that can run the page. */
const TARGET = ['chrome120', 'edge120', 'firefox121', 'safari17'];

/**
 * Bundles the operators' page into `page.js` and `page.css`, which the app sends inside its document.
 *
 * @param outdir - `dist` of this project by default
 * @throws if a text in the bundle would end the element that contains it
 */
export async function buildPage(outdir: string = join(PROJECT, 'dist')): Promise<void> {
  // Loaded here, so that the bundler is not loaded if the page is up to date.
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    absWorkingDir: PROJECT,
    entryPoints: { page: 'src/page/main.tsx' },
    outdir,
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: TARGET,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'warning',
  });
  await mkdir(outdir, { recursive: true });
  for (const { path, text } of outputFiles) {
    if (/<\/|<!--/.test(text))
      throw new Error(`${path} contains "</" or "<!--", which would end its element in the page.`);
    // Renamed when it is complete: a host that runs from the same folder must not read half a file.
    const temporary = `${path}.${process.pid}`;
    await writeFile(temporary, text.trimEnd());
    await rename(temporary, path);
  }
}

/** Builds the page into `dist` of this project unless it is newer than all sources. */
export async function buildPageIfChanged(): Promise<void> {
  const built = join(PROJECT, 'dist', 'page.js');
  if (existsSync(built) && (await stat(built)).mtimeMs > (await newestSource())) return;
  await buildPage();
}

async function newestSource(): Promise<number> {
  const entries = await readdir(join(PROJECT, 'src'), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const times = await Promise.all([join(PROJECT, 'package-lock.json'), ...files].map((file) => stat(file)));
  return Math.max(...times.map(({ mtimeMs }) => mtimeMs));
}
