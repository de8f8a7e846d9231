import type { StopReason } from './model/stopReason.ts';
import { LONGEST_TIMER_MS } from './model/time.ts';

/** Decides when a sweep takes no more sessions, and remembers why. */
export interface Stopper {
  /** Stops the sweep; the first reason counts. */
  stop(reason: StopReason, error?: string): void;
  /** Notes why no more sessions are taken, while those already taken are still cleaned up. A stop counts for more. */
  end(reason: StopReason): void;
  /** Whether another session may be taken. */
  goesOn(): boolean;
  readonly reason: StopReason | undefined;
  readonly error: string | undefined;
  /** Aborts at the stop: no new call begins. */
  readonly stopped: AbortSignal;
  /** Gives up the calls that are still under way some time after the stop. */
  readonly calls: AbortSignal;
  /** Lets go of timers and listeners. */
  close(): void;
}

/** When a sweep stops by itself, and how fast, in milliseconds. */
export interface StopRules {
  /** After this no new session is taken. */
  timeBudgetMs: number;
  /** What calls under way may take after a stop. */
  drainMs: number;
  /** The same after the caller's own sign to stop, which is in more of a hurry. */
  abortedDrainMs: number;
}

/**
 * @param isOver - whether the sweep's time is over
 * @param aborted - the caller's own sign to stop
 */
export function createStopper(isOver: () => boolean, aborted: AbortSignal | undefined, rules: StopRules): Stopper {
  const calls = new AbortController();
  const stopped = new AbortController();
  let why: { reason: StopReason; error: string | undefined } | undefined;
  let ending: StopReason | undefined;
  let drain: NodeJS.Timeout | undefined;

  const stop = (reason: StopReason, error?: string) => {
    if (why) return;
    why = { reason, error };
    stopped.abort();
    drain = setTimeout(() => calls.abort(), reason === 'aborted' ? rules.abortedDrainMs : rules.drainMs).unref();
  };
  const onAbort = () => stop('aborted');
  aborted?.addEventListener('abort', onAbort, { once: true });
  if (aborted?.aborted) onAbort();
  // Asked for at each session as well, since that is what the app's own clock says.
  const budget = setTimeout(() => stop('timeBudget'), Math.min(rules.timeBudgetMs, LONGEST_TIMER_MS)).unref();

  return {
    stop,
    end(reason) {
      ending ??= reason;
    },
    goesOn() {
      if (!why && isOver()) stop('timeBudget');
      return !why;
    },
    get reason() {
      return why?.reason ?? ending;
    },
    get error() {
      return why?.error;
    },
    stopped: stopped.signal,
    calls: calls.signal,
    close() {
      aborted?.removeEventListener('abort', onAbort);
      clearTimeout(drain);
      clearTimeout(budget);
    },
  };
}
