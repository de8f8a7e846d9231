/** Reads one app setting by its name: its trimmed value; `undefined` if it is missing or empty. */
export type GetSetting = (name: string) => string | undefined;

export type AppSettings = Record<string, string | undefined>;

/** The platform replaces a reference with its value. If it cannot get the value, it leaves the reference in place. */
const REFERENCE = /^@Microsoft\.(KeyVault|AppConfiguration)\s*\(/i;

/** A setting that is a reference which the platform has not resolved, and the sentence to report about it. */
export interface Unresolved {
  name: string;
  sentence: string;
}

/**
 * Finds an app setting by its name. Names are case-insensitive, as for the host: otherwise a `Sweep_Dry_Run` would be ignored where the
 * environment is case-sensitive, and the app would delete. The exact name takes precedence.
 */
export function findSetting(appSettings: AppSettings, name: string): string | undefined {
  if (Object.hasOwn(appSettings, name)) return appSettings[name];
  const lowerCase = name.toLowerCase();
  return Object.entries(appSettings).find(([other]) => other.toLowerCase() === lowerCase)?.[1];
}

/**
 * Reads app settings. An empty setting counts as missing: that is what a cleared field in the portal means. So does a reference that
 * is not resolved: its text is not the setting's value.
 *
 * @param appSettings - the environment, or what stands in for it
 * @param unresolved - receives each setting that is an unresolved reference
 */
export function getterOf(appSettings: AppSettings, unresolved: (one: Unresolved) => void): GetSetting {
  return (name) => {
    const value = findSetting(appSettings, name)?.trim();
    if (!value) return undefined;
    const kind = REFERENCE.exec(value)?.[1]?.toLowerCase();
    if (kind === undefined) return value;
    unresolved({ name, sentence: kind === 'keyvault' ? unresolvedSecret(name) : unresolvedConfiguration(name) });
    return undefined;
  };
}

function unresolvedSecret(name: string): string {
  return (
    `${name} is a Key Vault reference that the platform has not resolved: check the vault, the secret's name, the network, and that ` +
    "the app's identity has the role Key Vault Secrets User. Then restart the app."
  );
}

function unresolvedConfiguration(name: string): string {
  return (
    `${name} is an App Configuration reference that the platform has not resolved: check the store, the key, the network, and that ` +
    "the app's identity has the role App Configuration Data Reader. Then restart the app."
  );
}
