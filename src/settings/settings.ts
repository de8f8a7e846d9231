import * as v from 'valibot';
import type { StorageConnection } from '../storage/table.ts';
import { type ClusterAccess, readClusterAccess } from './clusterAccess.ts';
import { type AppSettings, type GetSetting, getterOf } from './getter.ts';
import type { Schedule } from './schedule.ts';
import { type SHARDS, schema } from './schema.ts';
import { SettingsError } from './settingsError.ts';
import { CONNECTION_NAME, readStorageConnection } from './storageConnection.ts';
import { tryToRead } from './tryToRead.ts';

/** All app settings, parsed and checked. */
export interface Settings {
  cluster: {
    name: string;
    access: ClusterAccess;
    id: string | undefined;
    /** How long the cluster may take for one operation. */
    timeoutSeconds: number;
  };
  storage: {
    connection: StorageConnection;
    tables: { sessions: string; outcomes: string; runs: string };
    shards: (typeof SHARDS)[number];
  };
  sweep: {
    staleAfterMs: number;
    concurrency: number;
    limit: number;
    timeBudgetMs: number;
    maxAttempts: number;
    maxClockSkewMs: number;
    /** Whether sweeps only report what they would delete, unless a request says otherwise. */
    dryRun: boolean;
  };
  /** When the timer starts a sweep. */
  schedule: Schedule;
  /** Whether the scheduled sweep puts one message for each partition on a queue, so that all instances share the work. */
  fanOut: boolean;
  /** How long outcomes and runs are kept. */
  outcomeRetentionMs: number;
}

export { SettingsError };

/** The default of MAX_CLOCK_SKEW is a third of STALE_AFTER, but no more than this. */
const LONGEST_DEFAULT_SKEW_MS = 5 * 60_000;

/**
 * Reads and checks all app settings. An empty setting counts as missing.
 *
 * @throws {SettingsError} with all errors at once
 */
export function readSettings(appSettings: AppSettings = process.env): Settings {
  const unresolved = new Map<string, string>();
  const get = getterOf(appSettings, ({ name, sentence }) => unresolved.set(name, sentence));
  const errors: string[] = [];
  const access = readClusterAccess(get, errors);
  const data = parseAll(get, errors);
  if (data) errors.push(...errorsBetween(data));
  const connectionName = get('SESSION_STORAGE') ?? 'AzureWebJobsStorage';
  const storage = CONNECTION_NAME.test(connectionName) ? readStorage(get, connectionName) : { errors: [] };
  if ('errors' in storage) errors.push(...storage.errors);
  // An unresolved reference is reported once: not again as a missing setting, or in a setting that it is a part of.
  const isConsequence = (error: string) =>
    [...unresolved.keys()].some((name) => error.includes(name) || name.startsWith(`${error.split(' ')[0]}_`));
  const all = [...unresolved.values(), ...errors.filter((error) => !isConsequence(error))];
  if (all.length > 0 || !data || !('connection' in storage)) {
    const { endpoints, serverIdentity } = access;
    const isEntra = get('CLUSTER_AUTH')?.toLowerCase() === 'entra';
    const lacksScope = isEntra && endpoints.length > 0 && get('CLUSTER_ENTRA_SCOPE') === undefined;
    throw new SettingsError(all, lacksScope ? { endpoints, serverIdentity, clusterId: get('CLUSTER_ID') } : undefined);
  }

  return {
    cluster: {
      name: data.CLUSTER_NAME,
      access,
      id: data.CLUSTER_ID,
      timeoutSeconds: data.CLUSTER_TIMEOUT,
    },
    storage: {
      connection: storage.connection,
      tables: { sessions: data.SESSION_TABLE, outcomes: data.OUTCOME_TABLE, runs: data.RUN_TABLE },
      shards: data.SESSION_SHARDS,
    },
    sweep: {
      staleAfterMs: data.STALE_AFTER,
      concurrency: data.SWEEP_CONCURRENCY,
      limit: data.SWEEP_LIMIT,
      timeBudgetMs: data.SWEEP_TIME_BUDGET,
      maxAttempts: data.MAX_ATTEMPTS,
      maxClockSkewMs: data.MAX_CLOCK_SKEW ?? Math.min(LONGEST_DEFAULT_SKEW_MS, data.STALE_AFTER / 3),
      dryRun: data.SWEEP_DRY_RUN,
    },
    schedule: data.SWEEP_SCHEDULE,
    fanOut: data.SWEEP_FAN_OUT,
    outcomeRetentionMs: data.OUTCOME_RETENTION,
  };
}

/** Parses each setting by itself, so that an exception in one is an error that names it. @returns `undefined` after an error */
function parseAll(get: GetSetting, errors: string[]): v.InferOutput<typeof schema> | undefined {
  const found: string[] = [];
  for (const [name, field] of Object.entries<v.GenericSchema>(schema.entries)) {
    const read = tryToRead(() => v.safeParse(field, get(name)));
    const error = 'error' in read ? read.error : read.issues?.[0].message;
    if (error !== undefined) found.push(`${name} ${error}.`);
  }
  errors.push(...found);
  if (found.length > 0) return undefined;
  return v.parse(schema, Object.fromEntries(Object.keys(schema.entries).map((name) => [name, get(name)])));
}

function readStorage(get: GetSetting, name: string): ReturnType<typeof readStorageConnection> {
  const read = tryToRead(() => readStorageConnection(get, name));
  return 'error' in read ? { errors: [`${name} ${read.error}.`] } : read;
}

/** Finds settings that are valid by themselves but not together. */
function errorsBetween(data: v.InferOutput<typeof schema>): string[] {
  const errors: string[] = [];
  const tables = (['SESSION_TABLE', 'OUTCOME_TABLE', 'RUN_TABLE'] as const).map((name) => ({
    name,
    // Table names are case-insensitive.
    table: data[name].toLowerCase(),
  }));
  for (const { name, table } of tables) {
    const other = tables.find((one) => one.name !== name && one.table === table);
    if (other) errors.push(`${name} is the same table as ${other.name}; the three tables must differ.`);
  }
  const { MAX_CLOCK_SKEW: skewMs, STALE_AFTER: staleAfterMs } = data;
  if (skewMs !== undefined && skewMs > staleAfterMs / 3) {
    errors.push(
      `MAX_CLOCK_SKEW is ${skewMs / 1000} s, expected at most a third of STALE_AFTER (${staleAfterMs / 1000} s): with clocks ` +
        'further apart an active session may look stale. Remove the setting to use the default.',
    );
  }
  return errors;
}
