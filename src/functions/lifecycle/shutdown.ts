import { currentTelemetry } from './telemetry.ts';

/**
 * How long running work may take at shutdown, in milliseconds. The host kills the worker 5 seconds after it asks it to end.
 * [WorkerConstants.cs of azure-functions-host]
 */
const GRACE_MS = 4_000;

/** How long sending the remaining metrics and traces may take, in milliseconds. Both together stay below 5 seconds. */
const FLUSH_MS = 700;

const shutdown = new AbortController();

/** Aborts when the host shuts down. A running handler gets no other signal. */
export const shuttingDown: AbortSignal = shutdown.signal;

const running = new Set<Promise<unknown>>();

/** Makes the shutdown wait for a piece of work. */
export async function awaitedByShutdown<T>(work: Promise<T>): Promise<T> {
  running.add(work);
  try {
    return await work;
  } finally {
    running.delete(work);
  }
}

/** Signals all work to end, and waits for it as long as the host allows. */
export async function shutDown(): Promise<void> {
  shutdown.abort();
  await Promise.race([Promise.allSettled(running), new Promise((end) => setTimeout(end, GRACE_MS).unref())]);
  await currentTelemetry()?.flush(FLUSH_MS);
}
