import { randomUUID } from 'node:crypto';
import { FabricRequestError } from '../imageStore/fabricRequestError.ts';
import { SettingsError, settingsWarnings } from '../settings.ts';
import type { App } from './putTogether.ts';

/** One part that the app depends on. */
export interface Check {
  name: 'settings' | 'sessionTable' | 'outcomeTable' | 'runTable' | 'cluster' | 'credentials';
  status: 'ok' | 'failed';
  latencyMs?: number;
  /** How far the other clock is ahead of ours, to the second. */
  clockSkewMs?: number;
  /** What was found, and what to do. */
  detail?: string;
}

/** How all parts answered. */
export interface Health {
  status: 'up' | 'down';
  checks: Check[];
}

/** How long one part may take to answer, in milliseconds. */
const PATIENCE_MS = 10_000;

const TABLES = { sessionTable: 'sessions', outcomeTable: 'outcomes', runTable: 'runs' } as const;

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
    return { status: 'down', checks: [{ name: 'settings', status: 'failed', detail: error.message }] };
  }
  const tables = Object.entries(TABLES).map(([name, table]) =>
    check(name as Check['name'], app, async (signal) => {
      const { storageDate } = await app.storage.checkTable(table, signal);
      return storageDate;
    }),
  );
  const warnings = settingsWarnings(app.settings);
  const settings: Check = {
    name: 'settings',
    status: 'ok',
    ...(warnings.length > 0 && { detail: warnings.join(' ') }),
  };
  const checks = [
    settings,
    ...(await Promise.all([
      ...tables,
      check('cluster', app, async (signal) => (await app.direct.getSession(randomUUID(), { signal })).clusterDate),
      check('credentials', app, (signal) => mayDelete(app, signal)),
    ])),
  ];
  return { status: checks.every(({ status }) => status === 'ok') ? 'up' : 'down', checks };
}

/**
 * Whether the cluster lets us delete: it is asked to delete a session that can't exist, under a new random id, and has to
 * say that it knows no such session. Reading needs a lesser role than deleting.
 */
async function mayDelete(app: App, signal: AbortSignal): Promise<undefined> {
  try {
    await app.direct.deleteSession(randomUUID(), { signal });
  } catch (error) {
    if (!(error instanceof FabricRequestError) || error.kind !== 'notFound') throw error;
  }
}

/** @param ask - resolves with the other clock, where one was told */
async function check(
  name: Check['name'],
  { sweepRules: { maxClockSkewMs } }: App,
  ask: (signal: AbortSignal) => Promise<Date | undefined>,
): Promise<Check> {
  const startedMs = performance.now();
  const latency = () => ({ latencyMs: Math.round(performance.now() - startedMs) });
  try {
    const clock = await ask(AbortSignal.timeout(PATIENCE_MS));
    // A Date header tells whole seconds: that much is no difference.
    const clockSkewMs = clock && Math.trunc((clock.getTime() - Date.now()) / 1000) * 1000;
    if (clockSkewMs === undefined) return { name, status: 'ok', ...latency() };
    const told = { ...latency(), clockSkewMs: clockSkewMs === 0 ? 0 : clockSkewMs };
    if (Math.abs(clockSkewMs) <= maxClockSkewMs) return { name, status: 'ok', ...told };
    const detail = `Its clock is ${Math.abs(clockSkewMs / 1000)} s ${clockSkewMs > 0 ? 'ahead of' : 'behind'} ours; sweeps stop. Set the clocks right.`;
    return { name, status: 'failed', ...told, detail };
  } catch (error) {
    const said = error instanceof Error && error.message ? error.message : String(error);
    const code = error instanceof FabricRequestError && error.code ? ` (${error.code})` : '';
    const isLate = error instanceof Error && (error.name === 'AbortError' || latency().latencyMs >= PATIENCE_MS);
    const detail = isLate ? `It did not answer within ${PATIENCE_MS / 1000} s.` : `${said}${code}`;
    return { name, status: 'failed', ...latency(), detail: detail.slice(0, 1000) };
  }
}
