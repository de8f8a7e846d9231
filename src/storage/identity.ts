import type { TokenCredential } from '@azure/identity';
import { directHttpClient } from '../network/directHttpClient.ts';

/** Which identity opens the storage. */
export interface IdentityOptions {
  /** Only the managed identity of the app; otherwise whatever this machine offers, for developers. */
  managedIdentity: boolean;
  /** Of a user-assigned managed identity. */
  clientId?: string;
}

/** An identity that loads its library when the first token is needed: most apps come with a connection string. */
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
