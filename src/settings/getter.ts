/** Reads one app setting by its name: its trimmed value; `undefined` if it is missing or empty. */
export type GetSetting = (name: string) => string | undefined;

export type AppSettings = Record<string, string | undefined>;

/** The platform puts a secret in its place, or leaves it as it is where it cannot get the secret. */
const KEY_VAULT_REFERENCE = /^@Microsoft\.KeyVault\(/i;

/**
 * Reads app settings. An empty one counts as missing, as an emptied field in the portal is meant. One that is still a reference to
 * a Key Vault counts as missing as well: its text is not the setting's value, whatever the setting is.
 *
 * @param appSettings - the environment, or what stands in for it
 * @param unresolved - takes the name of each setting that is an unresolved reference
 */
export function getterOf(appSettings: AppSettings, unresolved: (name: string) => void = () => {}): GetSetting {
  return (name) => {
    const value = Object.hasOwn(appSettings, name) ? appSettings[name]?.trim() : undefined;
    if (!value) return undefined;
    if (!KEY_VAULT_REFERENCE.test(value)) return value;
    unresolved(name);
    return undefined;
  };
}

/** What to say about a setting that is an unresolved reference. */
export function unresolvedReference(name: string): string {
  return (
    `${name} is a Key Vault reference that the platform has not resolved: check the vault, the secret's name, the network, and that ` +
    'the app’s identity has the role Key Vault Secrets User. Restart the app after that.'
  );
}
