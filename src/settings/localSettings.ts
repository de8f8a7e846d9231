import { readFile } from 'node:fs/promises';

/** App settings as a machine's own, outside Azure. */
export type AppSettings = Record<string, string>;

/**
 * App settings as the Functions tools read them: the environment, and below it the `Values` of local.settings.json.
 *
 * @param file - the path of local.settings.json; a missing one has no values
 * @param environment - wins over the file, as with `func start`
 * @throws Error that names the file when it cannot be understood
 */
export async function readAppSettings(
  file: string,
  environment: Record<string, string | undefined>,
): Promise<AppSettings> {
  const content = (await readJsonObject(file)) ?? {};
  if (content['IsEncrypted'] === true) {
    throw new Error(`${file} is encrypted, which can't be read here: run "func settings decrypt" first.`);
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
