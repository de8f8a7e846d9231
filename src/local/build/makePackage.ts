import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { type Zippable, zipSync } from 'fflate';

/** What `npm run package` makes. */
export const PACKAGE_FILE = 'upload-session-sweeper.zip';

/** The earliest date that a zip can hold, in local time as a zip wants it: the same files make the same bytes on any day. */
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
