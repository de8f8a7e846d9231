import type { StoppedBy } from './outcome.ts';

/** Decides when a sweep takes no more sessions, and remembers why. */
export interface Stopper {
  /** Stops the sweep; the first reason counts. */
  stop(reason: StoppedBy, error?: string): void;
  /** Whether another session may be taken. */
  goesOn(): boolean;
  readonly reason: StoppedBy | undefined;
  readonly error: string | undefined;
  /** Gives up the calls that are still under way some time after the stop. */
  readonly calls: AbortSignal;
  /** Lets go of timers and listeners. */
  close(): void;
}

/** What calls under way may still take after a stop, in milliseconds. */
export interface DrainRules {
  drainMs: number;
  /** The same after the caller's own sign to stop, which is in more of a hurry. */
  abortedDrainMs: number;
}

/**
 * @param isOver - whether the sweep's time is over
 * @param aborted - the caller's own sign to stop
 */
export function createStopper(isOver: () => boolean, aborted: AbortSignal | undefined, rules: DrainRules): Stopper {
  const calls = new AbortController();
  let stopped: { reason: StoppedBy; error: string | undefined } | undefined;
  let drain: NodeJS.Timeout | undefined;

  const stop = (reason: StoppedBy, error?: string) => {
    if (stopped) return;
    stopped = { reason, error };
    drain = setTimeout(() => calls.abort(), reason === 'aborted' ? rules.abortedDrainMs : rules.drainMs).unref();
  };
  const onAbort = () => stop('aborted');
  aborted?.addEventListener('abort', onAbort, { once: true });
  if (aborted?.aborted) onAbort();

  return {
    stop,
    goesOn() {
      if (!stopped && isOver()) stop('timeBudget');
      return !stopped;
    },
    get reason() {
      return stopped?.reason;
    },
    get error() {
      return stopped?.error;
    },
    calls: calls.signal,
    close() {
      aborted?.removeEventListener('abort', onAbort);
      clearTimeout(drain);
    },
  };
}
