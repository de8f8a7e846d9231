import { currentTelemetry } from './telemetry.ts';

/**
 * The host kills the worker 5 seconds after it asks it to end, so what is under way gets a little less.
 * [WorkerConstants.cs of azure-functions-host]
 */
const GRACE_MS = 4_000;

/** The rest of the 5 seconds, for metrics and traces that were not sent yet. */
const FLUSH_MS = 700;

const shutdown = new AbortController();

/** Aborts when the host shuts down. The host gives a running handler no other signal. */
export const shuttingDown: AbortSignal = shutdown.signal;

const running = new Set<Promise<unknown>>();

/** Lets the shutdown wait for a piece of work. */
export async function underWay<T>(work: Promise<T>): Promise<T> {
  running.add(work);
  try {
    return await work;
  } finally {
    running.delete(work);
  }
}

/** Ends all work, and waits for it as long as the host allows. */
export async function shutDown(): Promise<void> {
  shutdown.abort();
  await Promise.race([Promise.allSettled(running), new Promise((end) => setTimeout(end, GRACE_MS).unref())]);
  await currentTelemetry()?.flush(FLUSH_MS);
}
