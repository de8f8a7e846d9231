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
  const { readSettings, SettingsError, settingsWarnings } = await import('../../settings/settings.ts');
  try {
    for (const warning of settingsWarnings(readSettings())) console.warn(`Warning: ${warning}`);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    for (const fault of error.faults) console.error(`Error in the app settings: ${fault}`);
  }
}
