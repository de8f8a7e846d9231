import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'jsonc-parser';
import type { AppSettings } from './getter.ts';

/** A .NET TimeSpan: `[d.]hh:mm[:ss[.fffffff]]`. */
const TIME_SPAN = /^(?:(\d{1,4})\.)?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.\d{1,7})?)?$/;

/**
 * How long the host lets a function run: the app setting `AzureFunctionsJobHost__functionTimeout`, otherwise `functionTimeout` of
 * the `host.json` in the app's folder.
 *
 * @returns milliseconds; `undefined` if there is no limit (`-1`), or the limit is not known here: the default depends on the plan
 * @see https://learn.microsoft.com/azure/azure-functions/functions-host-json#functiontimeout
 */
export function functionTimeoutMs(appSettings: AppSettings): number | undefined {
  // .NET configuration names are case-insensitive.
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
    // A missing or unreadable host.json is reported by the host itself.
    return undefined;
  }
}
