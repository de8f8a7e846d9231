import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'jsonc-parser';
import type { AppSettings } from './getter.ts';

/** A .NET TimeSpan: `hh:mm:ss`, with days in front or parts of a second behind. */
const TIME_SPAN = /^(?:(\d{1,4})\.)?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.\d{1,7})?)?$/;

/**
 * How long the host lets a function run: the app setting `AzureFunctionsJobHost__functionTimeout`, otherwise `functionTimeout` of
 * the `host.json` in the app's folder.
 *
 * @returns milliseconds; `undefined` if there is no limit (`-1`), or none that can be read here: the host's default depends on its plan
 * @see https://learn.microsoft.com/azure/azure-functions/functions-host-json#functiontimeout
 */
export function functionTimeoutMs(appSettings: AppSettings): number | undefined {
  // .NET reads configuration without case.
  const given = Object.entries(appSettings).find(([name]) =>
    /^AzureFunctionsJobHost(__|:)functionTimeout$/i.test(name),
  );
  const text = given?.[1]?.trim() || hostJsonTimeout(appSettings['AzureWebJobsScriptRoot']?.trim() || process.cwd());
  const [, days = '0', hours, minutes, seconds = '0'] = TIME_SPAN.exec(text ?? '') ?? [];
  if (hours === undefined || minutes === undefined) return undefined;
  return (((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
}

function hostJsonTimeout(folder: string): string | undefined {
  try {
    const text = readFileSync(join(folder, 'host.json'), 'utf8').replace(/^\uFEFF/, '');
    const host: unknown = parse(text, [], { allowTrailingComma: true });
    const timeout: unknown =
      typeof host === 'object' && host !== null ? Reflect.get(host, 'functionTimeout') : undefined;
    return typeof timeout === 'string' ? timeout.trim() : undefined;
  } catch {
    // No file, or none that can be read: the host reports that itself.
    return undefined;
  }
}
