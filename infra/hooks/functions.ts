import { ROUTES } from '../../src/functions/routing/routes.ts';
import type { Deployment, Ports } from './deployment.ts';

const TIMERS = ['purgeOutcomes', 'sweepStaleSessions'];
const QUEUES = ['reportPoisonedSweep', 'sweepPartition'];

/** All functions that a deployed app has. */
export const FUNCTIONS = [...TIMERS, ...QUEUES, ...Object.keys(ROUTES)].sort();

const TRIES = 30;
const PAUSE_MS = 10_000;

/**
 * Waits up to five minutes until the platform lists all functions. Halfway it asks the platform to read the triggers again: timers
 * can stay unknown after a deployment while HTTP works (azure-functions-host#11828).
 *
 * @throws Error that names the functions which are missing
 */
export async function waitForFunctions({ az, wait, say }: Ports, { group, app }: Deployment): Promise<void> {
  let missing = FUNCTIONS;
  for (let tries = 1; tries <= TRIES; tries += 1) {
    const listed = (await az('functionapp', 'function', 'list', '--resource-group', group, '--name', app)) as
      | { name: string }[]
      | undefined;
    const names = new Set((listed ?? []).map(({ name }) => name.split('/').at(-1)));
    missing = FUNCTIONS.filter((name) => !names.has(name));
    if (missing.length === 0) return say(`All ${FUNCTIONS.length} functions are listed.`);
    if (tries === TRIES / 2)
      await az('resource', 'invoke-action', '--action', 'syncfunctiontriggers', ...site(group, app));
    if (tries < TRIES) await wait(PAUSE_MS);
  }
  const timers = missing.filter((name) => TIMERS.includes(name));
  const warning = timers.includes('sweepStaleSessions') ? ' Without its timer the app does not sweep.' : '';
  throw new Error(
    `Functions missing after five minutes: ${missing.join(', ')}.${warning} Run "azd deploy" again, and read the log of the app.`,
  );
}

const site = (group: string, app: string) => [
  ...['--resource-group', group, '--name', app],
  ...['--resource-type', 'Microsoft.Web/sites'],
];
