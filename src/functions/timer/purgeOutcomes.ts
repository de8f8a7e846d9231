import type { InvocationContext, Timer } from '@azure/functions';
import { connect, logLine } from '../invocation/connect.ts';
import { shuttingDown, underWay } from '../lifecycle/shutdown.ts';

/** Below host.json's functionTimeout of five minutes, in milliseconds. What is left then is the next day's. */
const TIME_BUDGET_MS = 180_000;

/** Deletes outcomes and runs older than OUTCOME_RETENTION, every night. */
export async function onTimer(_timer: Timer, context: InvocationContext): Promise<void> {
  const { storage, settings } = await connect();
  const startedMs = Date.now();
  const cutoff = new Date(startedMs - settings.outcomeRetentionMs);
  const goesOn = () => !shuttingDown.aborted && Date.now() - startedMs < TIME_BUDGET_MS;
  const purged = await underWay(storage.purge(settings.cluster.name, cutoff, goesOn));
  const facts = { ...purged, cutoff, durationMs: Date.now() - startedMs };
  context.log(logLine(purged.complete ? 'Purge ended.' : 'Purge ended early; the next one goes on.', facts));
}
