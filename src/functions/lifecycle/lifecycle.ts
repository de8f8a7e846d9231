import { app } from '@azure/functions';

/**
 * The settings are checked so long after the start, in milliseconds: it takes as long as registering all functions, and the
 * call that this instance was started for must not wait for it.
 */
const CHECK_AFTER_MS = 1_000;

// The code of a hook is loaded when it runs, as for the functions: see register.ts.

app.hook.appStart(() => {
  setTimeout(() => void tellOfSettings(), CHECK_AFTER_MS).unref();
});

app.hook.appTerminate(async () => {
  const { shutDown } = await import('./shutdown.ts');
  await shutDown();
});

async function tellOfSettings(): Promise<void> {
  try {
    const { readSettings } = await import('../../settings/settings.ts');
    const { settingsWarnings } = await import('../../settings/settingsWarnings.ts');
    for (const warning of settingsWarnings(readSettings())) console.warn(`Warning: ${warning}`);
  } catch (error) {
    // Nobody waits for this, so that an exception would end the worker.
    for (const one of errorsOf(error)) console.error(`Invalid app setting: ${one}`);
  }
}

function errorsOf(error: unknown): string[] {
  if (error instanceof Error && 'errors' in error && Array.isArray(error.errors)) return error.errors.map(String);
  // Without its message, which may quote a setting.
  return [`They could not be checked (${error instanceof Error ? error.name : 'unknown error'}).`];
}
