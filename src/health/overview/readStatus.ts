import type { RunRecord } from '../../cleanup/model/runRecord.ts';
import type { StoreUsage } from '../../cleanup/model/storeUsage.ts';
import { DAY_MS } from '../../cleanup/model/time.ts';
import { isScheduled } from '../../cleanup/model/trigger.ts';
import type { App } from '../../composition/app.ts';
import { settingsWarnings } from '../../settings/settingsWarnings.ts';
import { sweepsOf } from '../../wire/sweepsOf.ts';
import type { Check } from '../check.ts';
import { checkParts } from '../healthChecks.ts';
import { clusterParts, type DatedCheck } from './clusterParts.ts';
import { nextSweep, type SweepSchedule } from './nextSweep.ts';
import type { Overview, Part } from './overview.ts';
import { readSessions, type SessionOverview } from './readSessions.ts';
import { newestStore } from './storeReasons.ts';
import type { Verdict } from './verdict.ts';
import { verdictOf } from './verdict.ts';

/** The state of the app, from a few small queries. */
export interface Status extends Omit<Overview, 'health' | 'history'> {
  verdict: Verdict;
  parts: DatedCheck[];
  schedule: SweepSchedule & { isFirst: boolean };
  lastSweep: ReturnType<typeof sweepsOf>[number] | undefined;
  /** The image store info that the last run read; `undefined` if none did, or the cluster did not send one. */
  store: (StoreUsage & { askedAt: Date }) | undefined;
  /** The checks of the tables in `parts`, for {@link EarlierResults}. */
  tables: DatedCheck[];
  /** The errors of what could not be read, for the log. */
  errors: Error[];
}

/** Results of an earlier reading, so that the storage and the cluster are not asked again. */
export interface EarlierResults {
  /** The checks of a probe that a person asked for. */
  probed?: { at: Date; checks: Check[] } | undefined;
  sessions?: SessionOverview | undefined;
  /** The checks of the tables. */
  tables?: DatedCheck[] | undefined;
}

/** Reading the tables ends after this, in milliseconds. */
const TIMEOUT_MS = 8_000;

/** How far back runs are read. */
const RUNS_SINCE_MS = 14 * DAY_MS;

/** How many runs are read, for the last sweep and the intervals between sweeps. A sweep that was fanned out has hundreds. */
const USUAL_RUNS = 100;
const MAX_RUNS = 999;

/** Checks the tables and the cluster on request of a person. @returns the argument for {@link readStatus} */
export async function probe(app: App, now: Date): Promise<NonNullable<EarlierResults['probed']>> {
  return { at: now, checks: await checkParts(app, 'fresh') };
}

/** Reads the status, within limits of time and rows. Does not throw if a part fails, and does not call the cluster. */
export async function readStatus(app: App, now: Date, known: EarlierResults): Promise<Status> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const { settings, sweepRules } = app;
  const [tables, sessions, history] = await Promise.all([
    known.tables ?? datedTables(app, now),
    known.sessions ? { value: known.sessions } : part(readSessions(app, now, signal)),
    part(newestRuns(app, now, signal)),
  ]);
  const runs = 'value' in history ? history.value.runs : [];
  const cluster = newestChecks(clusterParts(runs), known.probed);
  const warnings = settingsWarnings(settings);
  const ofSettings: DatedCheck = { name: 'settings', status: warnings.length === 0 ? 'ok' : 'warning', checkedAt: now };
  if (warnings.length > 0) ofSettings.detail = warnings.join(' ');
  const dated = [ofSettings, ...tables];
  // A new app has no tables yet: their warnings are left out until its first sweep.
  const isNew = 'value' in history && runs.length === 0;
  const overview: Overview = {
    readAt: now,
    clusterName: settings.cluster.name,
    dryRun: sweepRules.dryRun,
    staleAfterMs: sweepRules.staleAfterMs,
    timer: settings.schedule,
    upSince: new Date(now.getTime() - process.uptime() * 1000),
    // The result of a sweep's own probe is already in its stop reason.
    health: {
      status: 'up',
      checks: [
        ...(isNew ? dated.filter(isNoTableWarning) : dated),
        ...cluster.filter(({ checkedAt }) => checkedAt && checkedAt === known.probed?.at),
      ],
    },
    sessions,
    history,
  };
  const { health, history: _, ...facts } = overview;
  const store = newestStore(runs);
  return {
    ...facts,
    verdict: verdictOf(overview),
    parts: [...dated, ...cluster],
    schedule: { ...nextSweep(now), isFirst: 'value' in history && !runs.some(isScheduled) },
    lastSweep: sweepsOf(runs.filter((run) => !run.dryRun || isScheduled(run)))[0],
    store: store && store.usage !== 'unknown' ? { ...store.usage, askedAt: store.askedAt } : undefined,
    tables,
    errors: [sessions, history].flatMap((one) => ('error' in one ? [one.error] : [])),
  };
}

/** Reads more runs if the timer began none of the first ones: many sweeps on request must not hide the schedule. */
async function newestRuns({ settings, storage }: App, now: Date, signal: AbortSignal): Promise<{ runs: RunRecord[] }> {
  const time = { since: new Date(now.getTime() - RUNS_SINCE_MS), until: new Date(now.getTime() + DAY_MS) };
  const read = (most: number) => storage.listRuns(settings.cluster.name, time, most, undefined, signal);
  const { items, next } = await read(settings.fanOut ? MAX_RUNS : USUAL_RUNS);
  const hidesTimer = next !== undefined && items.length < MAX_RUNS && !items.some(({ trigger }) => trigger === 'timer');
  return { runs: hidesTimer ? (await read(MAX_RUNS)).items : items };
}

async function datedTables(app: App, now: Date): Promise<DatedCheck[]> {
  return (await checkParts(app, 'none')).map((check) => ({ ...check, checkedAt: now }));
}

const isNoTableWarning = ({ name, status }: DatedCheck) => name === 'settings' || status !== 'warning';

/** The checks of a person's probe, unless a sweep has probed since. */
function newestChecks(ofSweep: DatedCheck[], probed: EarlierResults['probed']): DatedCheck[] {
  const [{ checkedAt } = { checkedAt: undefined }] = ofSweep;
  if (!probed || (checkedAt && checkedAt > probed.at)) return ofSweep;
  return probed.checks
    .filter(({ name }) => name === 'cluster' || name === 'credentials')
    .map((check) => ({ ...check, checkedAt: probed.at }));
}

async function part<T>(reading: Promise<T>): Promise<Part<T>> {
  try {
    return { value: await reading };
  } catch (error) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }
}
