import type { CredentialsDescription } from './answerError.ts';
import type { ClientCertificate } from './clientCertificate.ts';
import type { EntraAccess } from './entraGateways.ts';

/** Describes the app's credentials, for a person who has to find out why they were refused. */
export function describeCredentials(access: {
  clientCertificate?: ClientCertificate;
  entra?: EntraAccess;
  clusterId?: string | undefined;
}): CredentialsDescription {
  const { clientCertificate, entra, clusterId } = access;
  const or = clusterId === undefined ? '' : `, or the cluster's id is not ${clusterId}`;
  if (entra) {
    const lack = `the app role Admin on the cluster application (${entra.scope}) is missing, or the scope is that of another cluster`;
    return { kind: 'entra', name: "the app's Entra token", lack: lack + or };
  }
  if (clientCertificate) {
    const name = `the client certificate ${clientCertificate.subject} (${clientCertificate.thumbprint})`;
    return { kind: 'certificate', name, lack: `it is not the certificate of an admin client${or}` };
  }
  const lack = `the cluster requires a client certificate or an Entra token${or}`;
  return { kind: 'none', name: 'a call without credentials', lack };
}
