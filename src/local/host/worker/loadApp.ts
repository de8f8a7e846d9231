import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app, toError } from './appState.ts';

/**
 * Loads the app's entry file.
 *
 * @returns the error that must fail the start of the host, if there is one. If the entry file throws before its first registration,
 * the result is only a line on stderr and a host without functions, as with the real worker: it can block the start only after it has
 * reported that it, and not the host, indexes the functions.
 */
export async function loadApp(entryFile: string): Promise<Error | undefined> {
  try {
    await import(pathToFileURL(entryFile).href);
    return undefined;
  } catch (thrown) {
    const error = toError(thrown);
    const message = `Worker was unable to load entry point "${basename(entryFile)}": ${error.message}`;
    console.error(`${message}\n${error.stack ?? ''}`);
    return app.hasRegistered ? Object.assign(new Error(message), { stack: error.stack }) : undefined;
  }
}
