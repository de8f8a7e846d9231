import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Zippable, zipSync } from 'fflate';

/** What `npm run package` makes. */
export const PACKAGE_FILE = 'upload-session-sweeper.zip';

/** What Functions and Node read of package.json. Scripts and dependencies are of no use where no `npm` runs. */
const DEPLOYED_FIELDS = ['name', 'version', 'description', 'license', 'type', 'main', 'engines'];

/** The earliest date that a zip can hold, in local time as a zip wants it: the same files make the same bytes on any day. */
const DATE = new Date(1980, 0, 1);

/**
 * Makes the zip to deploy of an app that has been built: host.json, package.json and dist/, without source maps.
 *
 * @returns the same bytes for the same files
 */
export async function makePackage(project: string): Promise<Uint8Array> {
  const read = (path: string) => readFile(join(project, path));
  const built = await readdir(join(project, 'dist'), { recursive: true, withFileTypes: true });
  const paths = built
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.map'))
    .map((entry) => join(entry.parentPath, entry.name).slice(join(project, '/').length).replaceAll('\\', '/'));

  const files: Zippable = {
    'host.json': await read('host.json'),
    'package.json': deployedManifest(await read('package.json')),
  };
  for (const path of paths.sort()) files[path] = await read(path);
  return zipSync(files, { mtime: DATE, level: 9 });
}

function deployedManifest(json: Buffer): Uint8Array {
  const manifest = JSON.parse(json.toString()) as Record<string, unknown>;
  const deployed = Object.fromEntries(DEPLOYED_FIELDS.map((field) => [field, manifest[field]]));
  return Buffer.from(`${JSON.stringify(deployed, undefined, 2)}\n`);
}
