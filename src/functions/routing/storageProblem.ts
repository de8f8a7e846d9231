import type { HttpResponseInit } from '@azure/functions';
import type { Settings } from '../../settings/settings.ts';
import { problem } from './problem.ts';

/** `Retry-After` if the storage cannot be reached, in seconds. */
const RETRY_AFTER_SECONDS = 60;

/** A 503 with the cause and the same advice as the health checks. */
export async function storageProblem(
  error: Error,
  settings: Settings,
  invocationId: string,
): Promise<HttpResponseInit> {
  const { storageAdvice } = await import('../../health/checkAdvice.ts');
  const { storageErrorText } = await import('../../storage/storageErrorText.ts');
  const said = storageErrorText(error);
  const detail = `Storage unreachable: ${said} ${storageAdvice(error, settings)} Run \`doctor\` for details.`;
  const headers = { 'retry-after': String(RETRY_AFTER_SECONDS) };
  return problem(503, 'Storage unreachable', detail, { invocationId }, headers);
}
