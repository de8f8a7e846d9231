import type { TokenCredential } from '@azure/identity';
import type { ContainerClient } from '@azure/storage-blob';
import type { AppSettings } from '../../../settings/localSettings.ts';
import { findConnection } from '../appSettings.ts';

/** The connection of the host itself, and of bindings that name none. */
export const HOST_CONNECTION = 'AzureWebJobsStorage';
/** The container in which hosts keep their locks and timers' times. */
const CONTAINER = 'azure-webjobs-hosts';
/** Milliseconds for one try, and few tries: who asks tries again later anyway. */
const TRY_TIMEOUT_MS = 5_000;
export const STORAGE_OPTIONS = { retryOptions: { maxTries: 2, tryTimeoutInMs: TRY_TIMEOUT_MS, retryDelayInMs: 200 } };

/** A connection names no storage that can be used. */
export class StorageSettingError extends Error {
  override readonly name = 'StorageSettingError';
}

/** Makes a service's client in either of the two ways in which a connection describes it. */
export interface ServiceOpener<Client> {
  fromConnectionString(connectionString: string): Client;
  fromUri(uri: string, credential: TokenCredential): Client;
}

/**
 * Opens a service of the storage account that a connection names. Nothing is sent yet.
 *
 * @param name - of the connection, as a binding gives it
 * @throws StorageSettingError when the setting is missing or cannot be understood
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
      // Without the SDK's message, which may quote the connection string.
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
 * The host's container in the storage account of the `AzureWebJobsStorage` connection. Nothing is sent yet.
 *
 * @throws StorageSettingError when the setting is missing or cannot be understood
 */
export async function openHostContainer(settings: AppSettings): Promise<ContainerClient> {
  // Only timers need it, and loading it takes longer than all the rest of the host.
  const { BlobServiceClient } = await import('@azure/storage-blob');
  const service = await openStorageService(HOST_CONNECTION, 'blob', settings, {
    fromConnectionString: (text) => BlobServiceClient.fromConnectionString(text, STORAGE_OPTIONS),
    fromUri: (uri, credential) => new BlobServiceClient(uri, credential, STORAGE_OPTIONS),
  });
  return service.getContainerClient(CONTAINER);
}

/** The HTTP status with which a storage call failed; undefined when no answer came. */
export function storageStatus(error: unknown): number | undefined {
  const status = (error as { statusCode?: unknown }).statusCode;
  return typeof status === 'number' ? status : undefined;
}

/** For a log: what went wrong, without the request (which holds a signature). */
export function storageFault(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return String(code ?? String(message).split('\n')[0]);
}
