/**
 * What azd runs before and after its steps; see azure.yaml and docs/deploying.md. Without azd: set the variables that it names, and
 * run the scripts "before-provision", "before-deploy" and "after-deploy" with npm.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { afterDeploy } from './afterDeploy.ts';
import { azOf } from './az.ts';
import { type Deployment, type Ports, readDeployment } from './deployment.ts';
import { waitForRoles } from './roles.ts';

const say = (line: string) => console.log(line);

const portsOf = ({ subscription }: Deployment): Ports => ({
  az: azOf(subscription),
  async get(url, headers) {
    // A redirect would carry the key elsewhere.
    const answer = await fetch(url, { headers, redirect: 'error', signal: AbortSignal.timeout(60_000) });
    return { status: answer.status, text: await answer.text() };
  },
  wait: (ms) => delay(ms),
  say,
});

/** Each returns whether all is well. */
const HOOKS: Record<string, () => Promise<boolean>> = {
  async preprovision() {
    const { SWEEP_SCHEDULE = '', SWEEP_EVERY = '' } = process.env;
    if (SWEEP_SCHEDULE === '') return true;
    // The platform runs timers in UTC.
    process.env['TZ'] = 'UTC';
    const fault = (await loadScheduleCheck())(SWEEP_SCHEDULE, SWEEP_EVERY, Date.now());
    if (fault) say(fault);
    return fault === undefined;
  },
  async predeploy() {
    const deployment = readDeployment(process.env);
    // What cannot be found out here is no reason not to try the deployment.
    await waitForRoles(portsOf(deployment), deployment, Date.now()).catch((error: unknown) => say(messageOf(error)));
    return true;
  },
  async postdeploy() {
    const deployment = readDeployment(process.env);
    return afterDeploy(portsOf(deployment), deployment);
  },
};

/** It needs a package, while azd may still be installing. */
async function loadScheduleCheck() {
  try {
    return (await import('./schedule.ts')).scheduleFault;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new Error('To check SWEEP_SCHEDULE, run "npm ci" first.');
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : 'unknown error');

try {
  const hook = HOOKS[process.argv[2] ?? ''];
  if (!hook) throw new Error(`Expected one of ${Object.keys(HOOKS).join(', ')}.`);
  process.exitCode = (await hook()) ? 0 : 1;
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
