import type { StopReason } from './model/stopReason.ts';
import { LONGEST_TIMER_MS } from './model/time.ts';

/** Decides when a sweep takes no more sessions, and why. */
export interface Stopper {
  /** Stops the sweep; the first reason counts. */
  stop(reason: StopReason, error?: string): void;
  /** Notes why no more sessions are taken, while those in progress are still cleaned up. The reason of a stop overrides it. */
  end(reason: StopReason): void;
  /** Whether another session may be taken. */
  goesOn(): boolean;
  readonly reason: StopReason | undefined;
  readonly error: string | undefined;
  /** Aborted at the stop: no new call begins. */
  readonly stopped: AbortSignal;
  /** Aborted some time after the stop: calls still in flight end. */
  readonly calls: AbortSignal;
  /** Clears timers and listeners. */
  close(): void;
}

/** When a sweep stops by itself, and how long calls in flight may then take, in milliseconds. */
export interface StopRules {
  /** After this no new session is taken. */
  timeBudgetMs: number;
  /** How long calls in flight may take after a stop. */
  drainMs: number;
  /** The same if the caller stopped the sweep, which is more urgent. */
  abortedDrainMs: number;
}

/**
 * @param isOver - whether the time budget is used up
 * @param aborted - the caller's signal to stop
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
  // `goesOn` checks the time budget too, by the app's clock. The timer also covers times without a session.
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
