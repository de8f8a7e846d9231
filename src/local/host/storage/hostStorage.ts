import type { ContainerClient } from '@azure/storage-blob';
import type { AppSettings } from '../../../settings/localSettings.ts';
import { findConnection } from '../appSettings.ts';

/** The container in which hosts keep their locks and timers' times. */
const CONTAINER = 'azure-webjobs-hosts';
/** Milliseconds for one try, and few tries: who asks tries again later anyway. */
const TRY_TIMEOUT_MS = 5_000;
const OPTIONS = { retryOptions: { maxTries: 2, tryTimeoutInMs: TRY_TIMEOUT_MS, retryDelayInMs: 200 } };

/** There is no usable `AzureWebJobsStorage`. */
export class StorageSettingError extends Error {
  override readonly name = 'StorageSettingError';
}

/**
 * The host's container in the storage account of the `AzureWebJobsStorage` connection. Nothing is sent yet.
 *
 * @throws StorageSettingError when the setting is missing or cannot be understood
 */
export async function openHostContainer(settings: AppSettings): Promise<ContainerClient> {
  const connection = findConnection('Storage', settings);
  if (!connection) throw new StorageSettingError('The app setting AzureWebJobsStorage is missing.');
  // Only timers and queues need it, and loading it takes longer than all the rest of the host.
  const { BlobServiceClient } = await import('@azure/storage-blob');
  if (connection.kind === 'text') {
    try {
      return BlobServiceClient.fromConnectionString(connection.connectionString, OPTIONS).getContainerClient(CONTAINER);
    } catch {
      // Without the SDK's message, which may quote the connection string.
      throw new StorageSettingError('The app setting AzureWebJobsStorage is not a storage connection string.');
    }
  }
  const { blobServiceUri, accountName } = connection.values;
  const uri = blobServiceUri ?? (accountName && `https://${accountName}.blob.core.windows.net`);
  if (!uri) throw new StorageSettingError('AzureWebJobsStorage__blobServiceUri or __accountName is missing.');
  const { DefaultAzureCredential } = await import('@azure/identity');
  return new BlobServiceClient(uri, new DefaultAzureCredential(), OPTIONS).getContainerClient(CONTAINER);
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
