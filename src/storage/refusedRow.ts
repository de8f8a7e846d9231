import { RowRefusedError } from '../cleanup/model/rowRefusedError.ts';
import { isStorageError, storageErrorCode } from './table.ts';

/**
 * What the service answers to a write that no retry makes acceptable. The emulator has none of the limits on a whole row.
 *
 * @see Table Storage error codes, https://learn.microsoft.com/rest/api/storageservices/table-service-error-codes
 */
const REFUSED = [
  'InvalidInput',
  'InvalidDuplicateRow',
  'PropertyValueTooLarge',
  'PropertyNameTooLong',
  'PropertyNameInvalid',
  'EntityTooLarge',
  'RequestBodyTooLarge',
  'TooManyProperties',
  'KeyValueTooLarge',
];

/** Whether the storage service refuses a row itself, and not the call. */
export function isRefusedRow(error: unknown): boolean {
  return isStorageError(error, ...REFUSED);
}

/**
 * Does one write to a row.
 *
 * @throws {RowRefusedError} if the storage service refuses the row; anything else as it was thrown
 */
export async function refusing<T>(row: { partition: string; rowKey: string }, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (isRefusedRow(error)) throw new RowRefusedError({ ...row, code: storageErrorCode(error) ?? '' });
    throw error;
  }
}
