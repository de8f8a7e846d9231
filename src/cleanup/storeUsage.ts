import type { RunRecord } from './model/runRecord.ts';
import type { SweepPorts } from './ports.ts';

/** The server timeout of the call. */
const TIMEOUT_SECONDS = 10;

/**
 * Asks once what the image store holds. This is only shown to people: it never decides a deletion, and never fails a sweep.
 *
 * @returns `unknown` if the cluster did not report it, for example because it does not support this call
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
