import { RowRefusedError, type RowRefusedErrorFacts } from '../cleanup/model/rowRefusedError.ts';
import { isStorageError, storageErrorCode } from './table.ts';

/**
 * The error codes of writes that a retry cannot fix. The emulator has no limits for a whole row.
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

/** Whether the storage service refused the row itself, and not only this call. */
export function isRefusedRow(error: unknown): boolean {
  return isStorageError(error, ...REFUSED);
}

/**
 * Writes one row.
 *
 * @throws {RowRefusedError} if the storage service refuses the row; any other error unchanged
 */
export async function writeRow<T>(facts: Omit<RowRefusedErrorFacts, 'code'>, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (isRefusedRow(error)) throw new RowRefusedError({ ...facts, code: storageErrorCode(error) ?? '' });
    throw error;
  }
}
