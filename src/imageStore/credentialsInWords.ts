import type { CredentialsInWords } from './answerError.ts';
import type { ClientCertificate } from './clientCertificate.ts';
import type { EntraAccess } from './entraGateways.ts';

/** Describes the credentials of the app, for a person who has to find out why they were refused. */
export function inWords(access: {
  clientCertificate?: ClientCertificate;
  entra?: EntraAccess;
  clusterId?: string | undefined;
}): CredentialsInWords {
  const { clientCertificate, entra, clusterId } = access;
  const or = clusterId === undefined ? '' : `, or the cluster is another than ${clusterId}`;
  if (entra) {
    const lack = `the app role Admin on the cluster application (${entra.scope}) is missing, or that is another cluster's`;
    return { kind: 'entra', name: 'our Entra token', lack: lack + or };
  }
  if (clientCertificate) {
    const name = `our client certificate ${clientCertificate.subject} (${clientCertificate.thumbprint})`;
    return { kind: 'certificate', name, lack: `it is not an admin client's${or}` };
  }
  const lack = `the cluster demands a client certificate or an Entra token${or}`;
  return { kind: 'none', name: 'a call without credentials', lack };
}
