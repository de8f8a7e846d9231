import { readSettings } from '../../src/settings/settings.ts';
import { SettingsError } from '../../src/settings/settingsError.ts';
import { scheduleError } from './schedule.ts';

/** The app settings that are variables of azd under the same names. */
export const SETTINGS = [
  ...['CLUSTER_ENDPOINTS', 'CLUSTER_NAME', 'CLUSTER_AUTH', 'CLUSTER_ENTRA_SCOPE', 'CLUSTER_CA', 'CLUSTER_ID'],
  ...['CLUSTER_SERVER_THUMBPRINTS', 'CLUSTER_SERVER_COMMON_NAMES', 'CLUSTER_SERVER_ISSUER_THUMBPRINTS'],
  ...['SWEEP_SCHEDULE', 'STALE_AFTER', 'SESSION_SHARDS', 'SWEEP_CONCURRENCY', 'SWEEP_FAN_OUT', 'SWEEP_DRY_RUN'],
  ...['MAX_ATTEMPTS', 'OUTCOME_RETENTION'],
];

/** As the template sets it. No request is made. */
const STORAGE = {
  AzureWebJobsStorage__credential: 'managedidentity',
  AzureWebJobsStorage__tableServiceUri: 'https://st.table.core.windows.net',
};

/**
 * Checks the settings with the app's own code before they are deployed: a wrong one would appear only after the deployment.
 *
 * @param variables - of the azd environment
 * @param now - in milliseconds since 1970
 * @returns what is wrong, one sentence each
 */
export function provisioningErrors(variables: Record<string, string | undefined>, now: number): string[] {
  const more = readMore(variables['MORE_SETTINGS'] || '{}');
  if (!more) return ['MORE_SETTINGS must be a JSON object in which each value is a text.'];
  const given = Object.fromEntries(SETTINGS.map((name) => [name, variables[name] ?? '']));
  try {
    readSettings({ ...more, ...given, ...STORAGE });
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    // The certificate is in the Key Vault.
    const errors = error.errors.filter((one) => !one.startsWith('CLUSTER_CLIENT_CERTIFICATE '));
    if (errors.length > 0) return errors;
  }
  const error = scheduleError(variables['SWEEP_SCHEDULE'] ?? '', variables['SWEEP_EVERY'] ?? '', now);
  return error === undefined ? [] : [error];
}

function readMore(json: string): Record<string, string> | undefined {
  try {
    const more: unknown = JSON.parse(json);
    const isObject = typeof more === 'object' && more !== null && !Array.isArray(more);
    if (!isObject || !Object.values(more).every((value) => typeof value === 'string')) return undefined;
    return more as Record<string, string>;
  } catch {
    return undefined;
  }
}
