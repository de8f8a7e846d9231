import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import type { App } from '../composition/app.ts';
import { readAppSettings } from '../settings/localSettings.ts';
import { readSettings } from '../settings/settings.ts';
import { UsageError } from './exitCodes.ts';

/** The app, before it is created. */
export interface AppPlan {
  /** Where the settings come from, for people. */
  source: string;
  /** Creates it. @throws {SettingsError} */
  connect(): App;
}

const DEFAULT_FILE = 'local.settings.json';

/**
 * Reads the app settings: the environment first, then a file.
 *
 * @param given - the file of --settings; `undefined` for local.settings.json of the working directory, if it exists
 * @throws {UsageError} if the file can't be read
 */
export async function planApp(given: string | undefined): Promise<AppPlan> {
  const file = resolve(given ?? DEFAULT_FILE);
  const exists = existsSync(file);
  if (given !== undefined && !exists) throw new UsageError(`Settings file ${given} not found.`);
  let settings: Record<string, string>;
  try {
    settings = await readAppSettings(file, process.env);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  // The identity libraries read the environment themselves. Functions Core Tools puts these values there as well.
  Object.assign(process.env, settings);
  // Loaded here so that help texts do not wait for the storage library.
  const { createApp } = await import('../composition/app.ts');
  return {
    source: exists
      ? `the environment, then ${shortPath(file)}`
      : `the environment (no ${DEFAULT_FILE} in this directory)`,
    connect: () => createApp(readSettings(settings)),
  };
}

/** Relative to the working directory, if the file is in it. */
function shortPath(file: string): string {
  const short = relative('', file);
  return short.startsWith('..') ? file : short;
}

/** The cluster that a command acts on, for people. */
export function clusterInWords({ settings: { cluster } }: App): string {
  return `cluster ${cluster.name} (${cluster.access.endpoints.map(({ origin }) => origin).join(', ')})`;
}
