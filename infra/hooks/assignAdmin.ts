import type { Deployment, Ports } from './deployment.ts';

interface ServicePrincipal {
  id: string;
  appRoles: { id: string; value: string; allowedMemberTypes: string[] }[];
}

const GRAPH = 'https://graph.microsoft.com/v1.0/servicePrincipals';

/**
 * Gives the app's identity the app role Admin of the cluster application, if it does not have it yet.
 *
 * @throws Error with the advice
 */
export async function assignAdmin({ az, say }: Pick<Ports, 'az' | 'say'>, deployment: Deployment): Promise<void> {
  const application = deployment.clusterApplication.replace(/\/\.default$/, '');
  const cluster = (await az('ad', 'sp', 'show', '--id', application)) as ServicePrincipal;
  const role = cluster.appRoles.find(({ value }) => value === 'Admin');
  if (!role) throw new Error(`The application ${application} has no app role Admin: check CLUSTER_ENTRA_SCOPE.`);
  if (!role.allowedMemberTypes.includes('Application')) {
    throw new Error(
      `The app role Admin of ${application} is not open to applications: add Application to its allowedMemberTypes.`,
    );
  }

  const url = `${GRAPH}/${deployment.principalId}/appRoleAssignments`;
  const { value } = (await az('rest', '--method', 'get', '--url', url)) as {
    value: { resourceId: string; appRoleId: string }[];
  };
  if (value.some(({ resourceId, appRoleId }) => resourceId === cluster.id && appRoleId === role.id)) {
    say('The identity has the app role Admin of the cluster application.');
    return;
  }
  const body = JSON.stringify({ principalId: deployment.principalId, resourceId: cluster.id, appRoleId: role.id });
  await az('rest', '--method', 'post', '--url', url, '--headers', 'Content-Type=application/json', '--body', body);
  say(
    'The identity was given the app role Admin of the cluster application. It can take hours to take effect, since tokens are cached.',
  );
}
