import type { AccessToken, TokenCredential } from '@azure/identity';
import { directHttpClient } from '../network/directHttpClient.ts';

/** Gets tokens from Microsoft Entra ID. */
export interface EntraCredential {
  /**
   * @param isRenewal - whether a token that the library still keeps is not wanted
   * @throws when there is no credential, or it gets no token
   */
  getToken(scope: string, isRenewal: boolean): Promise<AccessToken>;
}

/** A failing endpoint is tried again after half a second and a second: whoever waits for the token waits that long. */
const RETRIES = { maxRetries: 2, retryDelayInMs: 500, maxRetryDelayInMs: 1_000 };

/**
 * Makes the credential of this process: its managed identity in Azure, else what `DefaultAzureCredential` finds on a
 * developer's machine.
 *
 * The library is loaded here and not before: it is large, and most apps that start never need it.
 *
 * @param clientId - of a user-assigned managed identity
 */
export async function createEntraCredential(clientId: string | undefined): Promise<EntraCredential> {
  const { DefaultAzureCredential, ManagedIdentityCredential } = await import('@azure/identity');
  // The platform's own variables for an app that has an identity. With them no other credential is meant.
  const hasIdentity = process.env['IDENTITY_ENDPOINT'] && process.env['IDENTITY_HEADER'];
  const common = { retryOptions: RETRIES, httpClient: directHttpClient() };
  const credential: TokenCredential = hasIdentity
    ? new ManagedIdentityCredential({ ...common, ...(clientId && { clientId }) })
    : new DefaultAzureCredential({ ...common, ...(clientId && { managedIdentityClientId: clientId }) });
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
 * Has a managed identity ask its endpoint although it keeps a token. The library offers no way to say so, though what it
 * is built upon does (`forceRefresh`), so its application object is reached for; where it isn't there, the kept token comes.
 *
 * @returns undoes it
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
