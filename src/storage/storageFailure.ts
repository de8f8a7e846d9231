import { isNativeError } from 'node:util/types';

/** Whether an error is one of the identity library, which is loaded only if it is needed: so it is recognized by its name. */
export function isIdentityError(error: unknown): boolean {
  return isNativeError(error) && /^(CredentialUnavailable|Authentication|AggregateAuthentication)/.test(error.name);
}

/** Whether the storage did not answer, or refuses the app: neither the request nor the app's code is wrong. */
export function isStorageFailure(error: unknown): error is Error {
  if (!isNativeError(error)) return false;
  if (isIdentityError(error)) return true;
  if (error.name !== 'RestError') return false;
  const status = 'statusCode' in error ? error.statusCode : undefined;
  return typeof status !== 'number' || [401, 403, 408, 429].includes(status) || status >= 500;
}
