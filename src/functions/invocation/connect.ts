import type { InvocationContext } from '@azure/functions';
import { cutText } from '../../cleanup/model/cutText.ts';
import type { LogPort } from '../../cleanup/ports.ts';
import type { App } from '../../composition/app.ts';
import { currentTelemetry } from '../lifecycle/telemetry.ts';

let connected: App | undefined;

/**
 * Creates the app at the first call, and keeps it for the lifetime of the process.
 *
 * The code that reads the settings and calls the cluster and the tables is loaded only here: it is most of the app, and a cold start
 * registers the functions without it.
 *
 * @throws {SettingsError} with every invalid setting, at each call
 */
export async function connect(): Promise<App> {
  if (connected) return connected;
  const { readSettings } = await import('../../settings/settings.ts');
  const settings = readSettings();
  const { createApp } = await import('../../composition/app.ts');
  // Calls that arrive while the code is loaded share the app of the first call.
  connected ??= createApp(settings, currentTelemetry());
  return connected;
}

/** Writes the core's messages to an invocation's log: the message, then the facts as JSON, so that queries can parse them. */
export function logTo(context: InvocationContext): LogPort {
  return { warn: (message, facts) => context.warn(logLine(message, facts)) };
}

/** Describes an error in one line. A storage SDK error that is logged whole prints its complete request. */
export function errorFacts(error: unknown): { error: string; stack?: string } {
  if (!(error instanceof Error)) return { error: String(error) };
  return {
    error: cutText(`${error.name}: ${error.message}`, 1000),
    stack: error.stack?.split('\n    ').slice(1, 6).join(' ') ?? '',
  };
}

export function logLine(message: string, facts: object): string {
  return `${message} ${JSON.stringify(facts)}`;
}
