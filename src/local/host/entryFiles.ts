import { existsSync, globSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { readJsonObject } from '../../settings/jsonFile.ts';

/** The file that registers the app's functions if it runs from its sources. */
const SOURCE_ENTRY = 'src/index.ts';

/**
 * The files that the worker loads.
 *
 * @param entry - a file; by default the entry of the sources; `{ bundle: true }` for package.json's `main`, which can be a pattern, as
 * on Azure. A missing `main` is not an error, also as on Azure.
 * @throws Error that says which file is missing
 */
export async function findEntryFiles(
  appDirectory: string,
  entry: string | { bundle: true } | undefined,
): Promise<string[]> {
  if (typeof entry !== 'object') {
    const file = entry ?? SOURCE_ENTRY;
    const path = isAbsolute(file) ? file : join(appDirectory, file);
    if (!existsSync(path)) throw new Error(`The app's entry file ${path} does not exist.`);
    return [path];
  }
  const main = (await readJsonObject(join(appDirectory, 'package.json')))?.['main'];
  if (typeof main !== 'string' || main === '') return [];
  const files = globSync(main, { cwd: appDirectory }).sort();
  if (files.length === 0) {
    throw new Error(`The app's entry file ${join(appDirectory, main)} does not exist: build it first (npm run build).`);
  }
  return files.map((file) => join(appDirectory, file));
}
