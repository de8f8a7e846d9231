import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import type { AppSettings } from '../../settings/localSettings.ts';

/** [azure-functions-host, ScriptConstants.cs] */
const MAX_LENGTH = 32;

/**
 * The id for an app's locks and timers: the setting `AzureFunctionsWebHost__hostid`, or by default an id from the machine's name and the
 * app's directory, so that two hosts of one app on one machine share it.
 */
export function findHostId(appDirectory: string, settings: AppSettings): string {
  const given = settings['AzureFunctionsWebHost__hostid'];
  if (given) return given;
  const machine = hostname().replace(/[^\p{L}\p{N}]/gu, '');
  const number = createHash('sha256').update(appDirectory).digest().readUInt32BE();
  return `${machine.slice(0, MAX_LENGTH - 11)}-${number}`.toLowerCase();
}
