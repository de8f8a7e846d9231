import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { readJsonObject } from '../../settings/jsonFile.ts';

/** The file that registers the app's functions if it runs from its sources. */
const SOURCE_ENTRY = 'src/index.ts';

/**
 * The file that the worker loads.
 *
 * @param entry - a file; by default the entry of the sources; `{ bundle: true }` for package.json's `main`, as on Azure
 * @throws Error that says which file is missing
 */
export async function findEntryFile(
  appDirectory: string,
  entry: string | { bundle: true } | undefined,
): Promise<string> {
  const isBundle = typeof entry === 'object';
  const file = isBundle ? (await readJsonObject(resolve(appDirectory, 'package.json')))?.['main'] : entry;
  const path = resolve(appDirectory, String(file ?? SOURCE_ENTRY));
  if (existsSync(path)) return path;
  const advice = isBundle ? ': build it first (npm run build).' : '.';
  throw new Error(`The app's entry file ${path} does not exist${advice}`);
}
