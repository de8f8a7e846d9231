import { expiryWarning } from '../imageStore/clientCertificate.ts';
import { functionTimeoutMs } from './functionTimeout.ts';
import type { AppSettings } from './getter.ts';
import type { Settings } from './settings.ts';

/** How long after its last chunk the image store itself drops a session. [FileStoreService/UploadSessionTimeout] */
const STORE_EXPIRY_MS = 30 * 60_000;

/** How much time a sweep needs after its time budget, to finish calls in progress and write its records. */
const RECORDING_MS = 60_000;

/** Finds settings that are valid but probably not what was meant, and a client certificate that expires soon. */
export function settingsWarnings(
  { sweep, cluster, storage, fanOut }: Settings,
  now: Date = new Date(),
  appSettings: AppSettings = process.env,
): string[] {
  const warnings: string[] = [];
  const { clientCertificate } = cluster.access;
  const expiry = clientCertificate && expiryWarning(clientCertificate, now);
  if (expiry) warnings.push(expiry);
  if (sweep.staleAfterMs >= STORE_EXPIRY_MS) {
    warnings.push(
      'STALE_AFTER is 30 minutes or more. The image store drops a session by itself 30 minutes after its last chunk, so ' +
        'most outcomes will be notFound. Set it to 15m to free the disks earlier.',
    );
  }
  if (sweep.dryRun) {
    warnings.push(
      'SWEEP_DRY_RUN is true: sweeps only report what they would delete. Abandoned upload sessions stay until the image store ' +
        'drops them itself, and their rows stay forever. Set it to false to delete them.',
    );
  }
  const timeoutMs = functionTimeoutMs(appSettings);
  if (timeoutMs !== undefined && sweep.timeBudgetMs > timeoutMs - RECORDING_MS) {
    warnings.push(
      `SWEEP_TIME_BUDGET is ${sweep.timeBudgetMs / 1000} s, but functionTimeout in host.json is ${timeoutMs / 1000} s: the host can end a ` +
        'sweep before it has finished its calls and records. Set SWEEP_TIME_BUDGET to at least a minute less, or raise functionTimeout.',
    );
  }
  if (fanOut && storage.shards === 1) {
    warnings.push(
      'SWEEP_FAN_OUT is true, but SESSION_SHARDS is 1: there is one partition, and nothing for instances to share. Set ' +
        'SESSION_SHARDS to 16 or 256, also for the uploaders that register sessions, or set SWEEP_FAN_OUT to false.',
    );
  }
  if (appSettings['VERIFY_ACTIVITY']?.trim().toLowerCase() === 'false') {
    warnings.push(
      'VERIFY_ACTIVITY is false, but no longer has any effect: the app always asks the cluster for the last chunk before it deletes ' +
        'a session, because it could cancel a live upload otherwise. Remove the setting.',
    );
  }
  return warnings;
}
