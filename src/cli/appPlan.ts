import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import type { App } from '../composition/putTogether.ts';
import { readAppSettings } from '../settings/localSettings.ts';
import { readSettings } from '../settings/settings.ts';
import { UsageError } from './exitCodes.ts';

/** The app as its settings would have it. */
export interface AppPlan {
  /** Where its settings come from, for people. */
  source: string;
  /** Puts it together. @throws {SettingsError} */
  connect(): App;
}

const DEFAULT_FILE = 'local.settings.json';

/**
 * Reads the app settings: the environment first, a file second.
 *
 * @param given - the file that was asked for; none: local.settings.json of the working directory, if there is one
 * @throws {UsageError} when the file can't be read
 */
export async function planApp(given: string | undefined): Promise<AppPlan> {
  const file = resolve(given ?? DEFAULT_FILE);
  const exists = existsSync(file);
  if (given !== undefined && !exists) throw new UsageError(`There is no settings file ${given}.`);
  let settings: Record<string, string>;
  try {
    settings = await readAppSettings(file, process.env);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  // The libraries for identities look into the environment themselves, where the Functions tools put these values as well.
  Object.assign(process.env, settings);
  // Loaded here: a help text need not wait for the storage library.
  const { putTogether } = await import('../composition/putTogether.ts');
  return {
    source: exists ? `the environment, then ${inWords(file)}` : `the environment (there is no ${DEFAULT_FILE} here)`,
    connect: () => putTogether(readSettings(settings)),
  };
}

/** As short as it is clear. */
function inWords(file: string): string {
  const short = relative('', file);
  return short.startsWith('..') ? file : short;
}

/** Which cluster a command acts on, for people. */
export function clusterInWords({ settings: { cluster } }: App): string {
  return `cluster ${cluster.name} (${cluster.access.endpoints.map(({ origin }) => origin).join(', ')})`;
}
