import { type CallDeadline, CallEndedError } from './callDeadline.ts';

/**
 * Lets so many calls through at a time, the others in the order in which they came.
 *
 * The bound on connections is kept here and not with an agent's `maxSockets`: an agent counts a connection only once it
 * is handed out, and ours are handed out after their check, so that many would be opened at once.
 */
export class ConnectionSlots {
  #free: number;
  readonly #waiting = new Set<() => void>();

  constructor(count: number) {
    this.#free = count;
  }

  /**
   * Takes a slot: at once, or when it is this call's turn. Ended before that, the call gets none and the promise is rejected.
   *
   * @returns nothing to wait for, as nearly always, or a promise
   */
  take(deadline: CallDeadline): Promise<void> | undefined {
    if (this.#free > 0) {
      this.#free--;
      return undefined;
    }
    return new Promise((resolve, reject) => {
      this.#waiting.add(resolve);
      deadline.stopWith(() => {
        if (this.#waiting.delete(resolve)) reject(new CallEndedError());
      });
    });
  }

  /** Gives a slot back: to the call that waits longest, if there is one. */
  release(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#free++;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
