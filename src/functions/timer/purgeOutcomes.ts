import type { InvocationContext, Timer } from '@azure/functions';
import { ClockSkewError } from '../../cleanup/model/clockSkewError.ts';
import { connect, logLine } from '../invocation/connect.ts';
import { awaitedByShutdown, shuttingDown } from '../lifecycle/shutdown.ts';

/** In milliseconds; below host.json's functionTimeout of five minutes. The next purge deletes the rest. */
const TIME_BUDGET_MS = 180_000;

/**
 * Deletes outcomes and runs older than OUTCOME_RETENTION, every night.
 *
 * @throws {ClockSkewError} if the storage service's clock differs too much from this machine's, which decides what is old
 */
export async function onTimer(_timer: Timer, context: InvocationContext): Promise<void> {
  const { storage, settings } = await connect();
  const startedMs = Date.now();
  const { storageDate } = await storage.checkTable('outcomes', shuttingDown);
  const skewMs = storageDate ? storageDate.getTime() - Date.now() : 0;
  if (!storageDate)
    throw new Error('Nothing was purged: the storage service sent no Date header, so its clock is unknown.');
  if (Math.abs(skewMs) > settings.sweep.maxClockSkewMs) {
    throw new ClockSkewError('storage service', skewMs, settings.sweep.maxClockSkewMs);
  }
  const cutoff = new Date(startedMs - settings.outcomeRetentionMs);
  const goesOn = () => !shuttingDown.aborted && Date.now() - startedMs < TIME_BUDGET_MS;
  const purged = await awaitedByShutdown(storage.purge(settings.cluster.name, cutoff, goesOn));
  const facts = { ...purged, cutoff, durationMs: Date.now() - startedMs };
  context.log(logLine(purged.complete ? 'Purge ended.' : 'Purge ended early; the next one continues.', facts));
}
