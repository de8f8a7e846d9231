import type { RunRecord } from './model/runRecord.ts';
import type { SweepPorts } from './ports.ts';

/** The server's timeout of the question. */
const TIMEOUT_SECONDS = 10;

/**
 * Asks once what the image store holds. It is for people to see: it is never a reason to delete anything, and never fails a sweep.
 *
 * @returns `unknown` if the cluster did not say, as those that do not have this call
 */
export async function askStoreUsage(
  { getStoreUsage }: Pick<SweepPorts, 'getStoreUsage'>,
  signal: AbortSignal,
): Promise<RunRecord['store']> {
  try {
    return await getStoreUsage?.({ timeoutSeconds: TIMEOUT_SECONDS, signal });
  } catch {
    return 'unknown';
  }
}
