import type { InvocationContext } from '@azure/functions';
import { type App, putTogether } from '../app/putTogether.ts';
import type { LogPort } from '../cleanup/ports.ts';
import { readSettings } from '../settings.ts';

let connected: App | undefined;

/**
 * Puts the app together when it is first needed, and keeps it for the life of the process.
 *
 * @throws {SettingsError} with every fault of the settings, at each call
 */
export function connect(): App {
  connected ??= putTogether(readSettings());
  return connected;
}

/** The core's log lines in an invocation's log: the message, then the facts as JSON, so that queries can take them apart. */
export function logTo(context: InvocationContext): LogPort {
  return { warn: (message, facts) => context.warn(logLine(message, facts)) };
}

/** An error as facts of one line: the storage SDK's errors, given to the log whole, print all of their request. */
export function errorFacts(error: unknown): { error: string; stack?: string } {
  if (!(error instanceof Error)) return { error: String(error) };
  return {
    error: `${error.name}: ${error.message}`.slice(0, 1000),
    stack: error.stack?.split('\n    ').slice(1, 6).join(' ') ?? '',
  };
}

export function logLine(message: string, facts: object): string {
  return `${message} ${JSON.stringify(facts)}`;
}
