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

/** @returns whether it succeeded */
const HOOKS: Record<string, () => Promise<boolean>> = {
  async preprovision() {
    // The platform runs timers in UTC.
    process.env['TZ'] = 'UTC';
    let check: typeof import('./beforeProvision.ts');
    try {
      check = await import('./beforeProvision.ts');
    } catch {
      // It needs packages, which azd may still be installing.
      say('The settings are not checked, since packages are missing: run "npm ci" first.');
      return !process.env['SWEEP_SCHEDULE'];
    }
    const errors = check.provisioningErrors(process.env, Date.now());
    for (const error of errors) say(error);
    return errors.length === 0;
  },
  async predeploy() {
    const deployment = readDeployment(process.env);
    // A check that cannot run does not stop the deployment.
    await waitForRoles(portsOf(deployment), deployment, Date.now()).catch((error: unknown) => say(messageOf(error)));
    return true;
  },
  async postdeploy() {
    const deployment = readDeployment(process.env);
    return afterDeploy(portsOf(deployment), deployment);
  },
};

const messageOf = (error: unknown) => (error instanceof Error ? error.message : 'unknown error');

try {
  const hook = HOOKS[process.argv[2] ?? ''];
  if (!hook) throw new Error(`Expected one of ${Object.keys(HOOKS).join(', ')}.`);
  process.exitCode = (await hook()) ? 0 : 1;
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
