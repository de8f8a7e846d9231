import type { Deployment, Ports } from './deployment.ts';

/** A new role assignment usually takes effect within one or two minutes. @see azure-dev#8026 */
const TAKES_EFFECT_MS = 180_000;

/**
 * Waits until the roles of the app's identity are three minutes old. Until they take effect, the platform cannot store the package: it
 * uploads it with this identity, and is refused with 403.
 *
 * @param now - in milliseconds since 1970
 * @throws Error if the roles cannot be read
 */
export async function waitForRoles({ az, wait, say }: Ports, deployment: Deployment, now: number): Promise<void> {
  const { subscription, group, storageAccount, principalId } = deployment;
  const account = `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Storage/storageAccounts/${storageAccount}`;
  const url = `https://management.azure.com${account}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01`;
  const { value } = (await az('rest', '--method', 'get', '--url', url)) as {
    value: { properties: { principalId: string; createdOn: string } }[];
  };
  const own = value.filter(({ properties }) => properties.principalId === principalId);
  const left = Math.max(...own.map(({ properties }) => Date.parse(properties.createdOn))) + TAKES_EFFECT_MS - now;
  // Also ends here without roles, or if their times cannot be read.
  if (!(left > 0)) return;
  say(
    `The roles of the identity are new. Waiting ${Math.ceil(left / 1000)} seconds until they take effect. ` +
      'If the deployment is still refused with 403, run "azd deploy" again.',
  );
  await wait(left);
}
