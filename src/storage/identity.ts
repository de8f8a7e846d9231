import type { TokenCredential } from '@azure/identity';
import { directHttpClient } from '../network/directHttpClient.ts';

/** The identity for the storage account. */
export interface IdentityOptions {
  /** Whether to use the managed identity of the app. Otherwise whatever identity this machine has is used, for developers. */
  managedIdentity: boolean;
  /** The client id of a user-assigned managed identity. */
  clientId?: string;
}

/** An identity that loads its library only with the first token, since most apps have a connection string instead. */
export function storageIdentity({ managedIdentity, clientId }: IdentityOptions): TokenCredential {
  let loading: Promise<TokenCredential> | undefined;
  const load = async (): Promise<TokenCredential> => {
    const { DefaultAzureCredential, ManagedIdentityCredential } = await import('@azure/identity');
    const httpClient = directHttpClient();
    if (managedIdentity) return new ManagedIdentityCredential({ httpClient, ...(clientId && { clientId }) });
    return new DefaultAzureCredential({ httpClient, ...(clientId && { managedIdentityClientId: clientId }) });
  };
  return {
    async getToken(scopes, options) {
      loading ??= load();
      return (await loading).getToken(scopes, options);
    },
  };
}
