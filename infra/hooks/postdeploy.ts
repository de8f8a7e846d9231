/**
 * What azd runs after each deployment; see docs/deploying.md. Without azd: set the variables that it names, and run
 * "npm run after-deploy".
 */
import { setTimeout as delay } from 'node:timers/promises';
import { afterDeploy } from './afterDeploy.ts';
import { az } from './az.ts';
import { type Ports, readDeployment } from './deployment.ts';

const ports: Ports = {
  az,
  async get(url, headers) {
    // A redirect would carry the key elsewhere.
    const answer = await fetch(url, { headers, redirect: 'error', signal: AbortSignal.timeout(60_000) });
    return { status: answer.status, text: await answer.text() };
  },
  wait: (ms) => delay(ms),
  say: (line) => console.log(line),
};

try {
  process.exitCode = (await afterDeploy(ports, readDeployment(process.env))) ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : 'unknown error');
  process.exitCode = 1;
}
