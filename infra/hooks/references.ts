import type { Deployment, Ports } from './deployment.ts';

const TRIES = 12;
const PAUSE_MS = 10_000;

interface Reference {
  name: string;
  properties: { status: string; details?: string };
}

/**
 * Restarts the app if a Key Vault reference is not resolved: one that failed at the first start stays failed until then.
 *
 * @throws Error that names the settings which are still not resolved two minutes later
 */
export async function resolveReferences({ az, wait, say }: Ports, deployment: Deployment): Promise<void> {
  const { subscription, group, app } = deployment;
  const url =
    `https://management.azure.com/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Web/sites/${app}` +
    '/config/configreferences/appsettings?api-version=2024-04-01';
  const unresolved = async () => {
    const { value } = (await az('rest', '--method', 'get', '--url', url)) as { value: Reference[] };
    return value.filter(({ properties }) => properties.status !== 'Resolved');
  };

  let left = await unresolved();
  if (left.length === 0) return;
  say('A Key Vault reference is not resolved, so the app is restarted.');
  await az('functionapp', 'restart', '--resource-group', group, '--name', app);
  for (let tries = 0; tries < TRIES && left.length > 0; tries += 1) {
    await wait(PAUSE_MS);
    left = await unresolved();
  }
  if (left.length === 0) return say('The Key Vault references are resolved.');
  const named = left.map(({ name, properties }) => `${name} (${properties.status})`).join(', ');
  throw new Error(`Key Vault references are not resolved: ${named}. Check the vault, its network, and the secret.`);
}
