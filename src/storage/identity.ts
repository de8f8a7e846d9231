import type { TokenCredential } from '@azure/identity';
import { azureCredential } from '../network/azureCredential.ts';

/** The identity for the storage account. */
export interface IdentityOptions {
  /** Whether to use the managed identity of the app. Otherwise whatever identity this machine has is used, for developers. */
  managedIdentity: boolean;
  /** The client id of a user-assigned managed identity. */
  clientId?: string;
}

/** An identity that loads its library only with the first token, since most apps have a connection string instead. */
export function storageIdentity(options: IdentityOptions): TokenCredential {
  let loading: Promise<TokenCredential> | undefined;
  return {
    async getToken(scopes, request) {
      loading ??= azureCredential(options);
      return (await loading).getToken(scopes, request);
    },
  };
}
