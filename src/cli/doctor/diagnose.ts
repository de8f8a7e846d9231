import { worstEnding } from '../../cleanup/combineRuns.ts';
import { FabricRequestError } from '../../cleanup/model/fabricRequestError.ts';
import type { RunRecord } from '../../cleanup/model/runRecord.ts';
import { STOP_REASONS } from '../../cleanup/model/stopReason.ts';
import { isScheduled } from '../../cleanup/model/trigger.ts';
import type { App } from '../../composition/app.ts';
import type { Check } from '../../health/check.ts';
import { checkParts } from '../../health/healthChecks.ts';
import { lastSweep } from '../../health/lastSweep.ts';
import { readSessions } from '../../health/overview/readSessions.ts';
import type { Reason } from '../../health/overview/reason.ts';
import { sessionReasons } from '../../health/overview/sessionReasons.ts';
import { sweepReasons } from '../../health/overview/sweepReasons.ts';
import { scheduleHealth } from '../../health/scheduleHealth.ts';
import { expiryWarning } from '../../imageStore/clientCertificate.ts';
import { askMetadataScope } from '../../imageStore/entraMetadata.ts';
import { SettingsError } from '../../settings/settings.ts';
import { settingsWarnings } from '../../settings/settingsWarnings.ts';
import { numberInWords, spanInWords } from '../../wire/words.ts';
import { storeFinding } from './storeFinding.ts';

/** The result of one check. */
export type Finding = Omit<Check, 'name'> & { name: Check['name'] | 'certificate' | 'timer' | 'store' | 'sessions' };

/** The results of all checks. */
export interface Diagnosis {
  status: 'up' | 'down';
  checks: Finding[];
}

/**
 * Checks everything that a sweep depends on, and whether sweeps happen: the parts of health, each error of the settings by itself,
 * the client certificate's validity, how the scheduled sweeps went, the image store's disk, and the sessions that fail.
 *
 * @param connect - creates the app, or throws a {@link SettingsError}
 */
export async function diagnose(connect: () => App, now: Date): Promise<Diagnosis> {
  let app: App;
  try {
    app = connect();
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    const checks = error.errors.map((detail): Finding => ({ name: 'settings', status: 'failed', detail }));
    return { status: 'down', checks: [...checks, ...(await findScope(error))] };
  }
  const certificate = checkCertificate(app, now);
  // The certificate has a line of its own.
  const warnings = settingsWarnings(app.settings, now).filter((warning) => warning !== certificate?.detail);
  const { name, access } = app.settings.cluster;
  const authentication = access.entra ? 'entra' : access.clientCertificate ? 'certificate' : 'none';
  const endpoints = access.endpoints.map(({ origin }) => origin).join(', ');
  const settings: Finding[] = [
    { name: 'settings', status: 'ok', detail: `Cluster ${name} at ${endpoints}, CLUSTER_AUTH ${authentication}.` },
    ...warnings.map((detail): Finding => ({ name: 'settings', status: 'warning', detail })),
  ];
  const parts = await checkParts(app, 'fresh');
  const sweeps = await checkSweeps(app, parts, now);
  const checks = [...settings, ...parts, ...(certificate ? [certificate] : []), ...sweeps];
  return { status: checks.some(({ status }) => status === 'failed') ? 'down' : 'up', checks };
}

/** If only the scope is missing, the cluster may name it. The answer is shown and never used, since it is not authenticated. */
async function findScope({ scopeSource }: SettingsError): Promise<Finding[]> {
  if (!scopeSource) return [];
  try {
    const scope = await askMetadataScope(scopeSource);
    const detail = `The cluster names the scope ${scope}.`;
    const advice =
      'Set CLUSTER_ENTRA_SCOPE to it after you checked that this application id is your app registration of the cluster.';
    return [{ name: 'credentials', status: 'warning', detail, advice }];
  } catch (error) {
    if (!(error instanceof FabricRequestError)) throw error;
    return [{ name: 'cluster', status: 'skipped', detail: `It could not be asked for its scope: ${error.message}` }];
  }
}

function checkCertificate({ settings }: App, now: Date): Finding | undefined {
  const { clientCertificate } = settings.cluster.access;
  if (!clientCertificate) return undefined;
  const warning = expiryWarning(clientCertificate, now);
  if (warning) return { name: 'certificate', status: 'warning', detail: warning };
  const { subject, thumbprint, validTo } = clientCertificate;
  return { name: 'certificate', status: 'ok', detail: `${subject} (${thumbprint}), until ${validTo.toISOString()}` };
}

/** How many of the newest runs are read. */
const RUNS = 999;

/** How long reading rows may take, in milliseconds. */
const TIMEOUT_MS = 10_000;

/** How the sweeps went, and which sessions fail or wait, with the reasons that the page shows as well. */
async function checkSweeps(app: App, parts: readonly Check[], now: Date): Promise<Finding[]> {
  const status = (name: Check['name']) => parts.find((check) => check.name === name);
  const [runTable, sessionTable] = [status('runTable'), status('sessionTable')];
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const { schedule } = app.settings;
  const { staleAfterMs } = app.sweepRules;
  const startedMs = performance.now();
  const latencyMs = () => Math.round(performance.now() - startedMs);
  const skipped = (name: Finding['name'], detail: string): Finding => ({ name, status: 'skipped', detail });

  let runs: RunRecord[] | undefined;
  let timer = skipped('timer', 'The table of runs cannot be read.');
  if (runTable?.status === 'ok') {
    // A detail means that it does not exist: reading would create it.
    runs = runTable.detail === undefined ? await newestRuns(app, now, signal) : [];
    timer = { ...toFinding('timer', sweepReasons({ runs, now, schedule }), endOf(runs, now)), latencyMs: latencyMs() };
  }
  const store = runs && storeFinding(runs, now);
  const before = store ? [timer, store] : [timer];
  if (sessionTable?.status === 'failed')
    return [...before, skipped('sessions', 'The table of sessions cannot be read.')];
  const missing = sessionTable?.detail?.includes('does not exist yet');
  if (missing) return [...before, skipped('sessions', 'The table of sessions does not exist yet.')];
  const sessions = await readSessions(app, now, signal);
  const { active, stale, waiting, givenUp } = sessions.counts;
  const counts = Object.entries({ active, stale, waiting, 'given up': givenUp });
  const inWords = counts.map(
    ([state, { count, more }]) => `${more ? 'at least ' : ''}${numberInWords(count)} ${state}`,
  );
  const reasons = sessionReasons({ sessions, runs, now, schedule, staleAfterMs });
  return [...before, toFinding('sessions', reasons, `${inWords.join(', ')}.`)];
}

async function newestRuns({ storage, settings }: App, now: Date, signal: AbortSignal): Promise<RunRecord[]> {
  const time = { since: new Date(now.getTime() - settings.outcomeRetentionMs), until: now };
  return (await storage.listRuns(settings.cluster.name, time, RUNS, undefined, signal)).items;
}

function endOf(runs: readonly RunRecord[], now: Date): string {
  const last = scheduleHealth(runs, now)?.last;
  if (!last) return 'No scheduled sweep recorded.';
  const ended = worstEnding(lastSweep(runs.filter(isScheduled))) ?? last;
  const label = STOP_REASONS[ended.stoppedBy].label.toLowerCase();
  return `The latest scheduled sweep began ${spanInWords(now.getTime() - last.startedAt.getTime())} ago: ${label}.`;
}

/** Failing sweeps are a warning only: \`failed\` is for parts that do not work now. */
function toFinding(name: Finding['name'], reasons: readonly Reason[], otherwise: string): Finding {
  const [first] = reasons;
  if (!first) return { name, status: 'ok', detail: otherwise };
  const advice = first.advice === undefined ? {} : { advice: first.advice };
  return { name, status: 'warning', detail: reasons.map(({ what }) => what).join(' '), ...advice };
}
