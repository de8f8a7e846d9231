import type { TokenCredential } from '@azure/identity';
import type { ContainerClient } from '@azure/storage-blob';
import type { AppSettings } from '../../../settings/localSettings.ts';
import { findConnection } from '../appSettings.ts';

/** The connection of the host itself, and of bindings without a connection. */
export const HOST_CONNECTION = 'AzureWebJobsStorage';
/** The container for the hosts' locks and the status of timers. */
const CONTAINER = 'azure-webjobs-hosts';
/** The timeout of one try. There are few tries, because the callers retry later anyway. */
const TRY_TIMEOUT_MS = 5_000;
export const STORAGE_OPTIONS = { retryOptions: { maxTries: 2, tryTimeoutInMs: TRY_TIMEOUT_MS, retryDelayInMs: 200 } };

/** A connection is missing or invalid. */
export class StorageSettingError extends Error {
  override readonly name = 'StorageSettingError';
}

/** Creates the client of a service from either form of a connection. */
export interface ServiceOpener<Client> {
  fromConnectionString(connectionString: string): Client;
  fromUri(uri: string, credential: TokenCredential): Client;
}

/**
 * Creates the client of a service for a connection. Sends nothing yet.
 *
 * @param name - of the connection, as in a binding
 * @throws StorageSettingError if the setting is missing or invalid
 */
export async function openStorageService<Client>(
  name: string,
  service: 'blob' | 'queue',
  settings: AppSettings,
  open: ServiceOpener<Client>,
): Promise<Client> {
  const connection = findConnection(name, settings);
  if (!connection) throw new StorageSettingError(`The app setting ${name} is missing.`);
  if (connection.kind === 'text') {
    try {
      return open.fromConnectionString(connection.connectionString);
    } catch {
      // Without the message of the SDK, which may quote the connection string.
      throw new StorageSettingError(`The app setting ${name} is not a storage connection string.`);
    }
  }
  const { [`${service}ServiceUri`]: serviceUri, accountName, credential, clientId } = connection.values;
  const uri = serviceUri ?? (accountName && `https://${accountName}.${service}.core.windows.net`);
  if (!uri) throw new StorageSettingError(`${name}__${service}ServiceUri or __accountName is missing.`);
  const { DefaultAzureCredential, ManagedIdentityCredential } = await import('@azure/identity');
  const isManaged = credential?.toLowerCase() === 'managedidentity';
  const identity = isManaged
    ? new ManagedIdentityCredential(clientId ? { clientId } : {})
    : new DefaultAzureCredential();
  return open.fromUri(uri, identity);
}

/**
 * Creates the client of the host's container, in the storage account of the `AzureWebJobsStorage` connection. Sends nothing yet.
 *
 * @throws StorageSettingError if the setting is missing or invalid
 */
export async function openHostContainer(settings: AppSettings): Promise<ContainerClient> {
  // Loaded here: only timers need it, and loading it takes longer than the rest of the host.
  const { BlobServiceClient } = await import('@azure/storage-blob');
  const service = await openStorageService(HOST_CONNECTION, 'blob', settings, {
    fromConnectionString: (text) => BlobServiceClient.fromConnectionString(text, STORAGE_OPTIONS),
    fromUri: (uri, credential) => new BlobServiceClient(uri, credential, STORAGE_OPTIONS),
  });
  return service.getContainerClient(CONTAINER);
}

/** The HTTP status of a failed storage call; `undefined` if no answer came. */
export function storageStatus(error: unknown): number | undefined {
  const status = (error as { statusCode?: unknown }).statusCode;
  return typeof status === 'number' ? status : undefined;
}

/** The code of a storage error, or the first line of its message, for the log. Without the request, which contains a signature. */
export function storageErrorCode(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return String(code ?? String(message).split('\n')[0]);
}
