import type { AccessToken } from '@azure/identity';
import { azureCredential } from '../network/azureCredential.ts';

/** Gets tokens from Microsoft Entra ID. */
export interface EntraCredential {
  /**
   * @param isRenewal - whether to get a new token although the library's cache still has one
   * @throws if there is no credential, or it gets no token
   */
  getToken(scope: string, isRenewal: boolean): Promise<AccessToken>;
}

/** Few and short retries, because calls wait for the token. */
const RETRIES = { maxRetries: 2, retryDelayInMs: 500, maxRetryDelayInMs: 1_000 };

/** @param clientId - of a user-assigned managed identity */
export async function createEntraCredential(clientId: string | undefined): Promise<EntraCredential> {
  const credential = await azureCredential({ clientId, retryOptions: RETRIES });
  return {
    async getToken(scope, isRenewal) {
      const restore = isRenewal ? bypassCache(credential) : () => {};
      try {
        const token = await credential.getToken(scope);
        if (!token) throw new Error('no credential was found');
        return token;
      } finally {
        restore();
      }
    },
  };
}

/**
 * Makes a managed identity request a new token although its cache has one. `@azure/identity` has no option for this, but the MSAL
 * application inside it has (`forceRefresh`). If a later version of the library has no such application, the cached token is returned.
 *
 * @returns undoes the change
 */
function bypassCache(credential: object): () => void {
  const application: unknown = Reflect.get(credential, 'managedIdentityApp');
  if (typeof application !== 'object' || application === null) return () => {};
  const acquireToken: unknown = Reflect.get(application, 'acquireToken');
  if (typeof acquireToken !== 'function') return () => {};
  const forced = (request: object): unknown => acquireToken.call(application, { ...request, forceRefresh: true });
  Reflect.set(application, 'acquireToken', forced);
  return () => Reflect.deleteProperty(application, 'acquireToken');
}
