/**
 * What a failed call left behind, for people: in a row, in an outcome, in the cluster's own view.
 *
 * @param code - the FabricErrorCode, or the kind of failure where there was none
 */
export function failureText(code: string | undefined, message: string | undefined): string {
  // Most messages name their code themselves.
  if (code === undefined || message?.includes(code)) return message ?? '';
  return message === undefined ? code : `${code}: ${message}`;
}
