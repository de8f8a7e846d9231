import { randomUUID } from 'node:crypto';
import { isNativeError } from 'node:util/types';
import { FabricRequestError } from '../cleanup/model/fabricRequestError.ts';
import type { App } from '../composition/putTogether.ts';
import { SettingsError, settingsWarnings } from '../settings/settings.ts';
import { storageErrorText } from '../storage/storageErrorText.ts';
import { clusterAdvice, storageAdvice } from './checkAdvice.ts';

/** One part that the app depends on. */
export interface Check {
  name: 'settings' | 'sessionTable' | 'outcomeTable' | 'runTable' | 'cluster' | 'credentials';
  /** `warning`: it works, but deserves a word. `skipped`: another part that fails left it unknown. */
  status: 'ok' | 'warning' | 'failed' | 'skipped';
  latencyMs?: number;
  /** How far the other clock is ahead of ours, to the second. */
  clockSkewMs?: number;
  /** What was found. */
  detail?: string;
  /** What a person is to do about it. */
  advice?: string;
}

/** How all parts answered. */
export interface Health {
  status: 'up' | 'down';
  checks: Check[];
}

/** How long one part may take to answer, in milliseconds. */
const PATIENCE_MS = 10_000;

const TABLES = {
  sessionTable: ['sessions', 'SESSION_TABLE'],
  outcomeTable: ['outcomes', 'OUTCOME_TABLE'],
  runTable: ['runs', 'RUN_TABLE'],
} as const;

/**
 * Asks everything that the app depends on, all at once. Never throws for a part that fails.
 *
 * @param connect - puts the app together, or throws a {@link SettingsError}
 */
export async function checkHealth(connect: () => App | Promise<App>): Promise<Health> {
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
  return healthOf([settings, ...(await checkParts(app))]);
}

/** Asks the tables and the cluster. */
export async function checkParts(app: App): Promise<Check[]> {
  const tables = Object.keys(TABLES).map((name) => checkTable(name as keyof typeof TABLES, app));
  const [checkedTables, checkedCluster] = await Promise.all([Promise.all(tables), checkCluster(app)]);
  return [...checkedTables, ...checkedCluster];
}

function healthOf(checks: Check[]): Health {
  return { status: checks.some(({ status }) => status === 'failed') ? 'down' : 'up', checks };
}

async function checkTable(name: keyof typeof TABLES, app: App): Promise<Check> {
  const [table, setting] = TABLES[name];
  const asked = await timed((signal) => app.storage.checkTable(table, signal));
  if ('error' in asked) {
    const { latencyMs, error } = asked;
    return { name, status: 'failed', latencyMs, detail: detailOf(error), advice: storageAdvice(error, app.settings) };
  }
  const check = withClock({ name, status: 'ok', latencyMs: asked.latencyMs }, asked.value.storageDate, app);
  if (asked.value.exists || check.status === 'failed') return check;
  const missing = `The table ${app.settings.storage.tables[table]} does not exist yet; it is made when it is first used.`;
  if (table !== 'sessions') return { ...check, detail: missing };
  const advice = `Where sessions have been registered, they are in another table: check ${setting} and SESSION_STORAGE.`;
  return { ...check, status: 'warning', detail: missing, advice };
}

/**
 * Asks the cluster for a session that can't exist, under a new random id. The answer also tells whether it takes our
 * credentials: it lets nobody ask who may not delete, too.
 */
async function checkCluster(app: App): Promise<Check[]> {
  const asked = await timed((signal) => app.direct.getSession(randomUUID(), { signal }));
  const { latencyMs } = asked;
  const answers: Check = { name: 'cluster', status: 'ok', latencyMs };
  const letsUsIn: Check = { name: 'credentials', status: 'ok', latencyMs };
  if ('value' in asked) return [withClock(answers, asked.value.clusterDate, app), letsUsIn];

  const { error } = asked;
  if (!(error instanceof FabricRequestError)) throw error;
  const failed = { status: 'failed', detail: detailOf(error), advice: clusterAdvice(error, app.settings) } as const;
  if (error.kind !== 'accessDenied') {
    // A FabricErrorCode comes from behind the access check.
    const unknown: Check = { name: 'credentials', status: 'skipped', detail: 'The cluster gave no answer to tell by.' };
    return [{ ...answers, ...failed }, error.code === undefined ? unknown : letsUsIn];
  }
  const refused: Check = { ...letsUsIn, ...failed };
  if (error.requestId !== undefined) return [answers, refused];
  return [{ name: 'cluster', status: 'skipped', detail: 'It was not asked, for want of a token.' }, refused];
}

type Timed<T> = { latencyMs: number; value: T } | { latencyMs: number; error: unknown };

async function timed<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<Timed<T>> {
  const startedMs = performance.now();
  const latencyMs = () => Math.round(performance.now() - startedMs);
  const patience = AbortSignal.timeout(PATIENCE_MS);
  try {
    const value = await ask(patience);
    return { latencyMs: latencyMs(), value };
  } catch (error) {
    return { latencyMs: latencyMs(), error };
  }
}

/** @param clock - the other one; none: the answer told none */
function withClock(check: Check, clock: Date | undefined, { sweepRules: { maxClockSkewMs } }: App): Check {
  // A Date header tells whole seconds: that much is no difference.
  const skewMs = clock && Math.trunc((clock.getTime() - Date.now()) / 1000) * 1000;
  if (skewMs === undefined) return check;
  const told = { ...check, clockSkewMs: skewMs === 0 ? 0 : skewMs };
  if (Math.abs(skewMs) <= maxClockSkewMs) return told;
  const apart = `${Math.abs(skewMs / 1000)} s ${skewMs > 0 ? 'ahead of' : 'behind'} ours`;
  const advice = `Set the clocks right; MAX_CLOCK_SKEW allows ${Math.round(maxClockSkewMs / 1000)} s.`;
  return { ...told, status: 'failed', detail: `Its clock is ${apart}, so sweeps stop.`, advice };
}

function detailOf(error: unknown): string {
  const isOurs = error instanceof FabricRequestError;
  const gaveUp = isOurs ? error.kind === 'aborted' : isNativeError(error) && error.name === 'AbortError';
  if (gaveUp) return `It did not answer within ${PATIENCE_MS / 1000} s.`;
  return (isOurs ? error.message : storageErrorText(error)).slice(0, 1000);
}
