import type { Node } from 'jsonc-parser';
import { type JsonFile, membersOf, readJsonFile } from './jsonFile.ts';

/** App settings on a developer's machine, outside Azure. */
export type AppSettings = Record<string, string>;

/**
 * Reads app settings as the Functions tools do: from the environment and the `Values` of local.settings.json.
 *
 * @param file - the path of local.settings.json; a missing file has no values
 * @param environment - takes precedence over the file, as with `func start`
 * @throws Error that names the file, the position and the setting if the file is invalid; it never shows a value
 */
export async function readAppSettings(
  file: string,
  environment: Record<string, string | undefined>,
): Promise<AppSettings> {
  const read = await readJsonFile(file);
  const settings = read ? readValues(read, file) : {};
  for (const [name, value] of Object.entries(environment)) if (value !== undefined) settings[name] = value;
  return settings;
}

function readValues({ root, at }: JsonFile, file: string): AppSettings {
  if (isTrue(section(root, 'IsEncrypted', at))) {
    throw new Error(`${file} is encrypted and can't be read: run "func settings decrypt" first.`);
  }
  const values = section(root, 'Values', at);
  if (!values || values.type === 'null') return {};
  if (values.type !== 'object')
    throw new Error(`${at(values)}: Values is not an object, expected { "NAME": "value" }.`);
  const settings: AppSettings = {};
  const seen = new Set<string>();
  for (const { name, key, value } of membersOf(values)) {
    if (seen.has(name)) throw new Error(`${at(key)}: the setting ${name} occurs twice: remove one.`);
    seen.add(name);
    if (value.type === 'object' || value.type === 'array') {
      const what = value.type === 'object' ? 'an object' : 'a list';
      throw new Error(`${at(value)}: the setting ${name} is ${what}, expected a string.`);
    }
    // To the Functions tools, a setting that is null is not set.
    if (value.type !== 'null') settings[name] = String(value.value);
  }
  return settings;
}

/** Finds a section by its name, case-insensitive as in .NET. */
function section(root: Node, name: string, at: JsonFile['at']): Node | undefined {
  const [found, again] = membersOf(root).filter((member) => member.name.toLowerCase() === name.toLowerCase());
  if (again) throw new Error(`${at(again.key)}: ${name} occurs twice: remove one.`);
  return found?.value;
}

function isTrue(node: Node | undefined): boolean {
  return String(node?.value).toLowerCase() === 'true';
}
