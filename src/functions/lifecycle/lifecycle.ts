import { app } from '@azure/functions';

/**
 * How long after the start the settings are checked, in milliseconds. The check takes as long as registering all functions, and must
 * not delay the invocation that this instance was started for.
 */
const CHECK_AFTER_MS = 1_000;

// The code of a hook is loaded when it runs, like that of the functions: see register.ts.

app.hook.appStart(() => {
  setTimeout(() => void reportSettings(), CHECK_AFTER_MS).unref();
});

app.hook.appTerminate(async () => {
  const { shutDown } = await import('./shutdown.ts');
  await shutDown();
});

async function reportSettings(): Promise<void> {
  try {
    const { readSettings } = await import('../../settings/settings.ts');
    const { settingsWarnings } = await import('../../settings/settingsWarnings.ts');
    for (const warning of settingsWarnings(readSettings())) console.warn(`Warning: ${warning}`);
  } catch (error) {
    // The promise is not awaited, so an exception would end the worker.
    for (const one of errorsOf(error)) console.error(`Invalid app setting: ${one}`);
  }
}

function errorsOf(error: unknown): string[] {
  if (error instanceof Error && 'errors' in error && Array.isArray(error.errors)) return error.errors.map(String);
  // Without the error's message, which may quote a setting.
  return [`the settings could not be checked (${error instanceof Error ? error.name : 'unknown error'}).`];
}
