import type { Az } from './az.ts';

/** The facts of a deployment, from azd's environment after provisioning. */
export interface Deployment {
  subscription: string;
  group: string;
  app: string;
  host: string;
  auth: string;
  principalId: string;
  storageAccount: string;
  clusterApplication: string;
}

/** What a hook depends on. */
export interface Ports {
  az: Az;
  get(url: string, headers: Record<string, string>): Promise<{ status: number; text: string }>;
  /** @param ms - how long */
  wait(ms: number): Promise<void>;
  say(line: string): void;
}

const NAMES = {
  subscription: 'AZURE_SUBSCRIPTION_ID',
  group: 'AZURE_RESOURCE_GROUP',
  app: 'SWEEPER_APP_NAME',
  host: 'SWEEPER_APP_HOST',
  auth: 'SWEEPER_CLUSTER_AUTH',
  principalId: 'SWEEPER_IDENTITY_PRINCIPAL_ID',
  storageAccount: 'SWEEPER_STORAGE_ACCOUNT',
} as const;

/** @throws Error that names the missing variables */
export function readDeployment(environment: Record<string, string | undefined>): Deployment {
  const missing = Object.values(NAMES).filter((name) => !environment[name]);
  if (missing.length > 0) {
    throw new Error(
      `${missing.join(', ')} missing: run "azd provision" first, or set them to the outputs of the deployment.`,
    );
  }
  const read = Object.fromEntries(Object.entries(NAMES).map(([key, name]) => [key, environment[name]]));
  return {
    ...(read as Omit<Deployment, 'clusterApplication'>),
    clusterApplication: environment['SWEEPER_CLUSTER_APPLICATION'] ?? '',
  };
}
