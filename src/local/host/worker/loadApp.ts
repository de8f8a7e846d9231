import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app, toError } from './appState.ts';

/**
 * Loads the app's entry files one after the other.
 *
 * @returns the error that must fail the start of the host, if there is one. If an entry point throws before its first registration, the
 * result is only a line on stderr and a host without functions, as with the real worker: it can block the start only after it has
 * reported that it, and not the host, indexes the functions.
 */
export async function loadApp(appDirectory: string, entryFiles: string[]): Promise<Error | undefined> {
  const type = await packageType(appDirectory);
  for (const file of entryFiles) {
    try {
      if (isModule(file, type)) await import(pathToFileURL(file).href);
      else createRequire(file)(file);
    } catch (thrown) {
      const error = toError(thrown);
      const message = `Worker was unable to load entry point "${basename(file)}": ${error.message}`;
      console.error(`${message}\n${error.stack ?? ''}`);
      return app.hasRegistered ? Object.assign(new Error(message), { stack: error.stack }) : undefined;
    }
  }
  return undefined;
}

function isModule(file: string, packageType: string | undefined): boolean {
  if (/\.m[jt]s$/.test(file)) return true;
  if (/\.c[jt]s$/.test(file)) return false;
  return packageType === 'module';
}

async function packageType(appDirectory: string): Promise<string | undefined> {
  try {
    return (JSON.parse(await readFile(join(appDirectory, 'package.json'), 'utf8')) as { type?: string }).type;
  } catch {
    return undefined; // Without package.json, the real worker warns and uses CommonJS.
  }
}
