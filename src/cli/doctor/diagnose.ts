import { FabricRequestError } from '../../cleanup/model/fabricRequestError.ts';
import type { App } from '../../composition/putTogether.ts';
import type { Check } from '../../health/check.ts';
import { checkParts } from '../../health/healthChecks.ts';
import { expiryWarning } from '../../imageStore/clientCertificate.ts';
import { askMetadataScope } from '../../imageStore/entraMetadata.ts';
import { SettingsError, settingsWarnings } from '../../settings/settings.ts';
import { judgeTimer } from './timerVerdict.ts';

/** One thing that was looked at. */
export type Finding = Omit<Check, 'name'> & { name: Check['name'] | 'certificate' | 'timer' };

/** All that was looked at. */
export interface Diagnosis {
  status: 'up' | 'down';
  checks: Finding[];
}

/**
 * Looks at everything that a sweep depends on, and at whether sweeps happen: what health tells, each fault of the settings
 * by itself, the client certificate's time, and the timer's last sweeps.
 *
 * @param connect - puts the app together, or throws a {@link SettingsError}
 */
export async function diagnose(connect: () => App, now: Date): Promise<Diagnosis> {
  let app: App;
  try {
    app = connect();
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    const checks = error.faults.map((detail): Finding => ({ name: 'settings', status: 'failed', detail }));
    return { status: 'down', checks: [...checks, ...(await findScope(error))] };
  }
  const certificate = checkCertificate(app, now);
  // The certificate has a line of its own.
  const warnings = settingsWarnings(app.settings, now).filter((warning) => warning !== certificate?.detail);
  const { name, access } = app.settings.cluster;
  const wayIn = access.entra ? 'entra' : access.clientCertificate ? 'certificate' : 'none';
  const endpoints = access.endpoints.map(({ origin }) => origin).join(', ');
  const settings: Finding[] = [
    { name: 'settings', status: 'ok', detail: `Cluster ${name} at ${endpoints}, CLUSTER_AUTH ${wayIn}.` },
    ...warnings.map((detail): Finding => ({ name: 'settings', status: 'warning', detail })),
  ];
  const parts = await checkParts(app, 'fresh');
  const timer = await checkTimer(
    app,
    parts.find((check) => check.name === 'runTable'),
    now,
  );
  const checks = [...settings, ...parts, ...(certificate ? [certificate] : []), timer];
  return { status: checks.some(({ status }) => status === 'failed') ? 'down' : 'up', checks };
}

/** Where only the scope is missing, the cluster itself may name it: a hint, never a setting, since anyone could answer there. */
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
    return [{ name: 'cluster', status: 'skipped', detail: `It was asked for its scope, but: ${error.message}` }];
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

/** So many of the newest runs are looked at. */
const RUNS = 50;

async function checkTimer({ storage, settings }: App, runTable: Check | undefined, now: Date): Promise<Finding> {
  if (runTable?.status !== 'ok')
    return { name: 'timer', status: 'skipped', detail: 'The table of runs can’t be read.' };
  // One with a word to say about it does not exist: to read it would make it.
  if (runTable.detail !== undefined) return { name: 'timer', ...judgeTimer([], now) };
  const time = { since: new Date(now.getTime() - settings.outcomeRetentionMs), until: now };
  const startedMs = performance.now();
  const { items } = await storage.listRuns(settings.cluster.name, time, RUNS);
  return { name: 'timer', latencyMs: Math.round(performance.now() - startedMs), ...judgeTimer(items, now) };
}
