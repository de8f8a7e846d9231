import type { EntraSettings } from './entraToken.ts';

/** The Entra metadata of a cluster that uses Microsoft Entra ID. */
export interface EntraMetadata {
  authority: string;
  client: string;
  cluster: string;
  login: string;
  redirect: string;
  tenant: string;
}

/**
 * The answer to an anonymous request for the Entra metadata.
 *
 * @see ServiceModel/transport/ClaimsRetrievalMetadata.cpp (CreateForAAD) of microsoft/service-fabric
 */
export function entraMetadataOf({ tenant, clusterApplication, clientApplication }: EntraSettings): EntraMetadata {
  const login = 'https://login.microsoftonline.com';
  return {
    authority: `${login}/${tenant}`,
    client: clientApplication,
    cluster: clusterApplication,
    login,
    redirect: 'urn:ietf:wg:oauth:2.0:oob',
    tenant,
  };
}
