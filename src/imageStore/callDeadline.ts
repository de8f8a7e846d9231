/** The longest time that Node's timers can hold; a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Thrown to leave a call that its deadline has ended; `CallDeadline.ended` says why. */
export class CallEndedError extends Error {
  override readonly name = 'CallEndedError';
}

/**
 * Ends one call, when its time is over or its caller gives up.
 *
 * By hand, with one listener: an `AbortController` for each call, combined with the caller's signal and listened to by node-fetch,
 * costs a tenth of the whole call.
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
   * @param milliseconds - beyond 24.8 days counts as 24.8 days
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

  /** Sets how to stop what the call does now, in place of what it did before. Called at once when the call is ended already. */
  stopWith(stop: () => void): void {
    this.#stop = stop;
    if (this.#ended) stop();
  }

  /**
   * Waits for a promise as long as the deadline lets it.
   *
   * @param stop - called when the deadline ends the waiting, or what follows it
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

  /** To be called when the call is over. */
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
