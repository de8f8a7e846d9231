/** Errors of the identity library, by their names. */
const IDENTITY_ERROR = /^(CredentialUnavailable|Authentication|AggregateAuthentication)/;

/** Whether the storage did not answer, or refuses us: nothing that is wrong with the request or with this app's code. */
export function isStorageFailure(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  if (IDENTITY_ERROR.test(error.name)) return true;
  if (error.name !== 'RestError') return false;
  const status = 'statusCode' in error ? error.statusCode : undefined;
  return typeof status !== 'number' || [401, 403, 408, 429].includes(status) || status >= 500;
}
