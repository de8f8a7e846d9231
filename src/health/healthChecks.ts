import { isNativeError } from 'node:util/types';
import type { App } from '../composition/app.ts';
import { SettingsError } from '../settings/settings.ts';
import { settingsWarnings } from '../settings/settingsWarnings.ts';
import { storageErrorText } from '../storage/storageErrorText.ts';
import type { Check } from './check.ts';
import { storageAdvice } from './checkAdvice.ts';
import { withClock } from './clockCheck.ts';
import { checkCluster, type ProbeMode } from './clusterCheck.ts';
import { checkStrayRows } from './strayRowCheck.ts';

/** The checks of all parts, and their result. */
export interface Health {
  status: 'up' | 'down';
  checks: Check[];
}

/** How long a table may take to answer, in milliseconds. */
const TIMEOUT_MS = 10_000;

const TABLES = {
  sessionTable: ['sessions', 'SESSION_TABLE'],
  outcomeTable: ['outcomes', 'OUTCOME_TABLE'],
  runTable: ['runs', 'RUN_TABLE'],
} as const;

/**
 * Checks everything that the app depends on, in parallel. Does not throw if a part fails.
 *
 * @param connect - creates the app, or throws a {@link SettingsError}
 */
export async function checkHealth(connect: () => App | Promise<App>, mode: ProbeMode): Promise<Health> {
  let app: App;
  try {
    app = await connect();
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return healthOf([{ name: 'settings', status: 'failed', detail: error.message }]);
  }
  const warnings = settingsWarnings(app.settings);
  const settings: Check =
    warnings.length === 0
      ? { name: 'settings', status: 'ok' }
      : { name: 'settings', status: 'warning', detail: warnings.join(' ') };
  return healthOf([settings, ...(await checkParts(app, mode))]);
}

/** Checks the tables and the cluster. */
export async function checkParts(app: App, mode: ProbeMode): Promise<Check[]> {
  const tables = Object.keys(TABLES).map((name) => checkTable(name as keyof typeof TABLES, app));
  const [checkedTables, checkedCluster] = await Promise.all([Promise.all(tables), checkCluster(app, mode)]);
  return [...checkedTables, ...checkedCluster];
}

function healthOf(checks: Check[]): Health {
  return { status: checks.some(({ status }) => status === 'failed') ? 'down' : 'up', checks };
}

async function checkTable(name: keyof typeof TABLES, app: App): Promise<Check> {
  const [table, setting] = TABLES[name];
  const startedMs = performance.now();
  const latencyMs = () => Math.round(performance.now() - startedMs);
  let answer: { exists: boolean; storageDate: Date | undefined };
  try {
    answer = await app.storage.checkTable(table, AbortSignal.timeout(TIMEOUT_MS));
  } catch (error) {
    const failed = { detail: detailOf(error), advice: storageAdvice(error, app.settings) };
    return { name, status: 'failed', latencyMs: latencyMs(), ...failed };
  }
  const check = withClock({ name, status: 'ok', latencyMs: latencyMs() }, answer.storageDate, app);
  if (check.status === 'failed') return check;
  if (answer.exists) return table === 'sessions' ? { ...check, ...(await checkStrayRows(app)) } : check;
  const detail = `The table ${app.settings.storage.tables[table]} does not exist yet. It is created when it is first used.`;
  if (table !== 'sessions') return { ...check, detail };
  const advice = `If sessions have been registered, they are in another table: check ${setting} and SESSION_STORAGE.`;
  return { ...check, status: 'warning', detail, advice };
}

function detailOf(error: unknown): string {
  if (isNativeError(error) && error.name === 'AbortError') return `It did not answer within ${TIMEOUT_MS / 1000} s.`;
  return storageErrorText(error);
}
