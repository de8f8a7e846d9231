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

/**
 * The connection string of a connection: the setting `AzureWebJobs{name}`, or `{name}`. An empty value counts as missing.
 *
 * @see azure-webjobs-sdk, Host/Extensions/IConfigurationExtensions.cs
 */
export function findConnectionString(name: string, settings: AppSettings): string | undefined {
  return settings[`AzureWebJobs${name}`] || settings[name] || undefined;
}
