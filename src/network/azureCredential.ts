import type { TokenCredential, TokenCredentialOptions } from '@azure/identity';
import { directHttpClient } from './directHttpClient.ts';

/** Which identity gets the tokens. */
export interface AzureCredentialOptions {
  /** The client id of a user-assigned managed identity; `undefined` for the system-assigned one. */
  clientId?: string | undefined;
  /** Whether to use the managed identity of the app. By default it is used if the platform has given the app one. */
  managedIdentity?: boolean | undefined;
  retryOptions?: NonNullable<TokenCredentialOptions['retryOptions']>;
}

/**
 * Makes the credential of this process: its managed identity in Azure, else what `DefaultAzureCredential` finds on a developer's machine.
 *
 * `@azure/identity` is loaded only here: it is large, and most apps do not need it.
 */
export async function azureCredential(options: AzureCredentialOptions): Promise<TokenCredential> {
  const { DefaultAzureCredential, ManagedIdentityCredential } = await import('@azure/identity');
  const { clientId, managedIdentity = hasIdentity(), retryOptions } = options;
  const common = { httpClient: directHttpClient(), ...(retryOptions && { retryOptions }) };
  return managedIdentity
    ? new ManagedIdentityCredential({ ...common, ...(clientId && { clientId }) })
    : new DefaultAzureCredential({ ...common, ...(clientId && { managedIdentityClientId: clientId }) });
}

/** The platform sets these variables for an app that has an identity. */
const hasIdentity = () => Boolean(process.env['IDENTITY_ENDPOINT'] && process.env['IDENTITY_HEADER']);
