import { RestError, TableClient, type TableServiceClientOptions as TableClientOptions } from '@azure/data-tables';
import { directHttpClient } from '../network/directHttpClient.ts';
import { type IdentityOptions, storageIdentity } from './identity.ts';

/** How to connect to the storage account's tables: with a connection string, or with an identity. */
export type StorageConnection = { connectionString: string } | ({ tableServiceUri: string } & IdentityOptions);

/**
 * Opens a table. Nothing is sent before its first use.
 *
 * @param retryOptions - by default those of the library, which take several seconds
 * @throws Error for a connection string that the library cannot use; its message may contain the string
 */
export function openTable(
  connection: StorageConnection,
  name: string,
  retryOptions?: TableClientOptions['retryOptions'],
): TableClient {
  const retries = { httpClient: directHttpClient(), ...(retryOptions ? { retryOptions } : {}) };
  if ('tableServiceUri' in connection) {
    return new TableClient(connection.tableServiceUri, name, storageIdentity(connection), retries);
  }
  return TableClient.fromConnectionString(connection.connectionString, name, {
    ...retries,
    // The SDK uses plain HTTP only on request. A connection string with http, such as the emulator's, requests it.
    allowInsecureConnection: /=http(:\/\/|;|$)/i.test(connection.connectionString),
  });
}

/**
 * Does work on a table, and creates the table if it is missing. So no call is needed to check whether a table exists, and a table
 * that is deleted while the app runs is created again.
 */
export async function onTable<T>(table: TableClient, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isStorageError(error, 'TableNotFound')) throw error;
    await table.createTable();
    return await work();
  }
}

/** Whether an error is the storage service's answer with one of these error codes. */
export function isStorageError(error: unknown, ...codes: string[]): boolean {
  return error instanceof RestError && codes.includes(storageErrorCode(error) ?? '');
}

/** The storage service's error code, such as `TableNotFound`; `undefined` if no answer came, or it had no code. */
export function storageErrorCode(error: unknown): string | undefined {
  if (!(error instanceof RestError)) return undefined;
  const details = error.details as { odataError?: { code?: string } } | undefined;
  return details?.odataError?.code ?? error.code;
}
