import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { type Zippable, zipSync } from 'fflate';

/** The file that `npm run package` writes. */
export const PACKAGE_FILE = 'upload-session-sweeper.zip';

/** A fixed date for all files, so that the same files result in the same bytes: the earliest in a zip, which uses local time. */
const DATE = new Date(1980, 0, 1);

/**
 * Makes the zip to deploy from a staged app.
 *
 * @param folder - where the app was staged
 * @returns the same bytes for the same files
 */
export async function makePackage(folder: string): Promise<Uint8Array> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'));

  const files: Zippable = {};
  for (const path of paths.sort()) files[path] = await readFile(join(folder, path));
  return zipSync(files, { mtime: DATE, level: 9 });
}
