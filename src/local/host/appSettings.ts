import type { AppSettings } from '../../settings/localSettings.ts';

/** A `%NAME%` names a setting that does not exist. */
export class UnresolvedSettingError extends Error {
  override readonly name = 'UnresolvedSettingError';
}

/**
 * Replaces `%NAME%` with the value of the setting. An empty setting resolves to an empty string.
 *
 * @throws UnresolvedSettingError with the real host's message [azure-webjobs-sdk, Host/NameResolverExtensions.cs]
 */
export function resolveSettings(text: string, settings: AppSettings): string {
  return text.replace(/%([^%]*)%/g, (whole, name: string) => {
    const value = settings[name] ?? settings[name.replaceAll(':', '__')];
    if (value === undefined) throw new UnresolvedSettingError(`'${whole}' does not resolve to a value.`);
    return value;
  });
}

/** A connection in the settings: a connection string, or a section such as `X__blobServiceUri`. */
export type Connection =
  | { kind: 'text'; connectionString: string }
  | { kind: 'section'; values: Record<string, string> };

/**
 * Looks up a connection as Functions does: `AzureWebJobs{name}` first, then `{name}`. An empty value counts as missing.
 *
 * @see azure-webjobs-sdk, Host/Extensions/IConfigurationExtensions.cs
 */
export function findConnection(name: string, settings: AppSettings): Connection | undefined {
  for (const candidate of [`AzureWebJobs${name}`, name]) {
    const connectionString = settings[candidate];
    if (connectionString) return { kind: 'text', connectionString };
    const prefix = `${candidate}__`;
    const values = Object.entries(settings).filter(([key, value]) => key.startsWith(prefix) && value !== '');
    if (values.length > 0) {
      return { kind: 'section', values: Object.fromEntries(values.map(([k, v]) => [k.slice(prefix.length), v])) };
    }
  }
  return undefined;
}
