import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** App settings: the environment, and below it the `Values` of local.settings.json. */
export type AppSettings = Record<string, string>;

/**
 * @param environment - wins over the file, as with `func start`
 * @throws Error that names the file when it cannot be understood; a missing file is none
 */
export async function readAppSettings(
  appDirectory: string,
  environment: Record<string, string | undefined>,
): Promise<AppSettings> {
  const file = join(appDirectory, 'local.settings.json');
  const content = (await readJsonObject(file)) ?? {};
  if (content['IsEncrypted'] === true) {
    throw new Error(`${file} is encrypted, which this host cannot read: run "func settings decrypt" first.`);
  }
  const settings: AppSettings = {};
  for (const [name, value] of Object.entries(content['Values'] ?? {})) settings[name] = String(value);
  for (const [name, value] of Object.entries(environment)) if (value !== undefined) settings[name] = value;
  return settings;
}

/** @returns undefined when there is no such file */
export async function readJsonObject(file: string): Promise<Record<string, unknown> | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Told below, without the parser's message: it quotes the text, which may hold a secret.
  }
  throw new Error(`${file} is not a JSON object.`);
}

/** A `%NAME%` names a setting that does not exist. */
export class UnresolvedSettingError extends Error {
  override readonly name = 'UnresolvedSettingError';
}

/**
 * Puts the settings' values in for `%NAME%`. An empty setting resolves, to nothing.
 *
 * @throws UnresolvedSettingError with the host's own text [azure-webjobs-sdk, Host/NameResolverExtensions.cs]
 */
export function resolveSettings(text: string, settings: AppSettings): string {
  return text.replace(/%([^%]*)%/g, (whole, name: string) => {
    const value = settings[name] ?? settings[name.replaceAll(':', '__')];
    if (value === undefined) throw new UnresolvedSettingError(`'${whole}' does not resolve to a value.`);
    return value;
  });
}

/** A connection as the settings describe it: one text, or a section such as `X__blobServiceUri`. */
export type Connection =
  | { kind: 'text'; connectionString: string }
  | { kind: 'section'; values: Record<string, string> };

/**
 * Looks a connection up as Functions do: `AzureWebJobs{name}` first, then `{name}`; an empty value is none.
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
