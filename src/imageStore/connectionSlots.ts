import { type CallDeadline, CallEndedError } from './callDeadline.ts';

/**
 * Limits the number of calls at a time. The others wait, first come, first served.
 *
 * An agent's `maxSockets` is not enough: it counts a connection only when the agent has it, which is after the check of the server's
 * certificate. Until then it would open any number of connections.
 */
export class ConnectionSlots {
  #free: number;
  readonly #waiting = new Set<() => void>();

  constructor(count: number) {
    this.#free = count;
  }

  /**
   * Takes a slot: at once if one is free, otherwise when it is this call's turn.
   *
   * @returns `undefined` if the slot was free, otherwise a promise; it is rejected with {@link CallEndedError} if the call ends first
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

  /** Gives a slot back; the call that has waited longest gets it. */
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
