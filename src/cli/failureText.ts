/**
 * Describes a failed call for people: the error of a row, of an outcome, or of the cluster's view.
 *
 * @param code - the FabricErrorCode, or the kind of failure if there was none
 */
export function failureText(code: string | undefined, message: string | undefined): string {
  // Most messages contain the code.
  if (code === undefined || message?.includes(code)) return message ?? '';
  return message === undefined ? code : `${code}: ${message}`;
}
