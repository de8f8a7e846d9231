import { LONGEST_TIMER_MS } from '../cleanup/model/time.ts';

/** A call was ended by its {@link CallDeadline}; `CallDeadline.ended` has the reason. */
export class CallEndedError extends Error {
  override readonly name = 'CallEndedError';
}

/**
 * Ends one call when its time is over or its caller aborts it.
 *
 * It does not use an `AbortController` for each call, combined with the caller's signal and passed to node-fetch: that costs a tenth
 * of the CPU time of the whole call.
 */
export class CallDeadline {
  #ended: 'aborted' | 'timedOut' | undefined;
  #stop: (() => void) | undefined;
  readonly #timer: NodeJS.Timeout;
  readonly #caller: AbortSignal | undefined;
  readonly #onCallerAbort = (): void => this.#end('aborted');

  /**
   * Starts the call's clock.
   *
   * @param milliseconds - at most 24.8 days; a longer time counts as that
   * @param caller - the caller's own signal
   */
  constructor(milliseconds: number, caller: AbortSignal | undefined) {
    this.#timer = setTimeout(() => this.#end('timedOut'), Math.min(milliseconds, LONGEST_TIMER_MS));
    this.#caller = caller;
    if (caller?.aborted) this.#ended = 'aborted';
    else caller?.addEventListener('abort', this.#onCallerAbort);
  }

  /** Why the call was ended; `undefined` if it was not. */
  get ended(): 'aborted' | 'timedOut' | undefined {
    return this.#ended;
  }

  /** Sets how to stop the current step of the call. Replaces the step before. `stop` is called at once if the call has already ended. */
  stopWith(stop: () => void): void {
    this.#stop = stop;
    if (this.#ended) stop();
  }

  /**
   * Waits for a promise until the deadline ends the call.
   *
   * @param stop - called when the deadline ends the call during this step
   * @throws {CallEndedError} when the deadline ends it
   */
  race<T>(promise: Promise<T>, stop?: () => void): Promise<T> {
    return new Promise((resolve, reject) => {
      this.stopWith(() => {
        reject(new CallEndedError());
        stop?.();
      });
      promise.then(resolve, reject);
    });
  }

  /** Stops the clock. Must be called when the call is over. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener('abort', this.#onCallerAbort);
    this.#stop = undefined;
  }

  #end(why: 'aborted' | 'timedOut'): void {
    if (this.#ended) return;
    this.#ended = why;
    this.#stop?.();
  }
}
