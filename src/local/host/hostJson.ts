import { join } from 'node:path';
import { readJsonObject } from '../../settings/jsonFile.ts';
import type { AppSettings } from '../../settings/localSettings.ts';

/** The settings of host.json that this host supports. */
export interface HostJson {
  /** Without leading and trailing slashes; may be empty. */
  routePrefix: string;
  /** `undefined` for no timeout. */
  functionTimeoutMs: number | undefined;
  logLevels: Record<string, string>;
  /** How long the lock of a timer is valid without a renewal. */
  listenerLockPeriodMs: number;
  /** The time between two attempts to get a lock of another host, or to reach the storage. */
  listenerLockPollingMs: number;
  /** `extensions`, for triggers with their own settings. */
  extensions: Record<string, unknown>;
}

const OVERRIDE_PREFIX = 'AzureFunctionsJobHost__';
const DEFAULT_TIMEOUT = '00:30:00';
/** The real host's default in development; otherwise it is 60 s. [azure-functions-host, Host/ScriptHost.cs] */
const DEVELOPMENT_LOCK_PERIOD = '00:00:15';
/** The real host's default is a minute, which is too long on a machine where hosts are often killed and restarted. */
const LOCK_POLLING = '00:00:05';

/** Reads host.json, and the app settings that override it (`AzureFunctionsJobHost__logging__logLevel__default`). */
export async function readHostJson(appDirectory: string, settings: AppSettings): Promise<HostJson> {
  const content = (await readJsonObject(join(appDirectory, 'host.json'))) ?? {};
  for (const [name, value] of Object.entries(settings)) {
    if (name.startsWith(OVERRIDE_PREFIX)) override(content, name.slice(OVERRIDE_PREFIX.length).split('__'), value);
  }
  const timeout = String(member(content, 'functionTimeout') ?? DEFAULT_TIMEOUT);
  const lockPeriod = member(content, 'singleton', 'listenerLockPeriod') ?? DEVELOPMENT_LOCK_PERIOD;
  const lockPolling = member(content, 'singleton', 'listenerLockRecoveryPollingInterval') ?? LOCK_POLLING;
  return {
    routePrefix: String(member(content, 'extensions', 'http', 'routePrefix') ?? 'api').replace(/^\/+|\/+$/g, ''),
    functionTimeoutMs: timeout === '-1' ? undefined : parseTimeSpan(timeout, 'functionTimeout'),
    logLevels: (member(content, 'logging', 'logLevel') ?? {}) as Record<string, string>,
    listenerLockPeriodMs: parseTimeSpan(String(lockPeriod), 'singleton.listenerLockPeriod'),
    listenerLockPollingMs: parseTimeSpan(String(lockPolling), 'singleton.listenerLockRecoveryPollingInterval'),
    extensions: (member(content, 'extensions') ?? {}) as Record<string, unknown>,
  };
}

/** .NET's `[d.]hh:mm:ss[.fffffff]`, in milliseconds. */
export function parseTimeSpan(text: string, where: string): number {
  const match = /^(?:(\d+)\.)?(\d{1,2}):(\d{1,2})(?::(\d{1,2}(?:\.\d{1,7})?))?$/.exec(text);
  if (!match) throw new Error(`host.json: ${where} is "${text}", expected a time span such as "00:05:00".`);
  const [days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
  ];
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
}

function member(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>((at, name) => (isObject(at) ? at[nameIn(at, name)] : undefined), value);
}

/** The name in the spelling of the object: .NET configuration names are case-insensitive. */
function nameIn(object: Record<string, unknown>, name: string): string {
  return Object.keys(object).find((known) => known.toLowerCase() === name.toLowerCase()) ?? name;
}

function override(target: Record<string, unknown>, path: string[], value: string): void {
  const [given = '', ...rest] = path;
  const first = nameIn(target, given);
  if (rest.length === 0) target[first] = value;
  else {
    if (!isObject(target[first])) target[first] = {};
    override(target[first] as Record<string, unknown>, rest, value);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
