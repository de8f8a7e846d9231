import { RestError, TableClient, type TableServiceClientOptions as TableClientOptions } from '@azure/data-tables';
import { directHttpClient } from '../network/directHttpClient.ts';
import { type IdentityOptions, storageIdentity } from './identity.ts';

/** How to reach the storage account's tables: with a connection string, or with an identity and no key. */
export type StorageConnection = { connectionString: string } | ({ tableServiceUri: string } & IdentityOptions);

/**
 * Opens a table; nothing is sent before its first use.
 *
 * @param retryOptions - none: the library's own, which take some seconds to give up
 * @throws Error for a connection string that the library can't use; the message may quote it
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
    // The SDK speaks plain HTTP on demand only: a connection string that names it, as the emulator's does, is the demand.
    allowInsecureConnection: /=http(:\/\/|;|$)/i.test(connection.connectionString),
  });
}

/**
 * Does some work on a table, and creates the table when the work finds it missing. So a table costs no call while it
 * exists, and one that is deleted while the app runs comes back.
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

/** Whether the storage service answered with one of these error codes. */
export function isStorageError(error: unknown, ...codes: string[]): boolean {
  return error instanceof RestError && codes.includes(storageErrorCode(error) ?? '');
}

/** The storage service's own error code, such as `TableNotFound`; none: no answer came, or it had no code. */
export function storageErrorCode(error: unknown): string | undefined {
  if (!(error instanceof RestError)) return undefined;
  const details = error.details as { odataError?: { code?: string } } | undefined;
  return details?.odataError?.code ?? error.code;
}
