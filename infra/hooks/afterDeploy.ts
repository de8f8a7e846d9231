import { assignAdmin } from './assignAdmin.ts';
import type { Deployment, Ports } from './deployment.ts';
import { waitForFunctions } from './functions.ts';
import { checkHealth } from './health.ts';
import { resolveReferences } from './references.ts';

/**
 * Completes a deployment: assigns roles, waits for the functions, checks the health, and reports what is wrong. If a step fails, the others still run.
 *
 * @returns whether all is well
 */
export async function afterDeploy(ports: Ports, deployment: Deployment): Promise<boolean> {
  const { say } = ports;
  const problems: string[] = [];
  const step = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      problems.push(error instanceof Error ? error.message : 'unknown error');
    }
  };
  if (deployment.auth === 'entra') await step(() => assignAdmin(ports, deployment));
  if (deployment.auth === 'certificate') await step(() => resolveReferences(ports, deployment));
  await step(() => waitForFunctions(ports, deployment));
  await step(() => checkHealth(ports, deployment));

  for (const problem of problems) say(`PROBLEM: ${problem}`);
  say(`The page: https://${deployment.host}/api/dashboard`);
  say(
    `Its key:  az functionapp keys list --subscription ${deployment.subscription} -g ${deployment.group} -n ${deployment.app} --query functionKeys.default -o tsv`,
  );
  if (problems.length === 0) say('Next: have your uploaders register their upload sessions.');
  return problems.length === 0;
}
