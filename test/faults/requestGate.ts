interface ScheduledAction {
  writesLeft: number;
  run(): Promise<void>;
}

/** Makes the requests to the tables wait: on demand, or while an action runs between two writes. */
export class RequestGate {
  #opened: Promise<unknown> = Promise.resolve();
  #scheduled: ScheduledAction[] = [];

  /** Resolves when requests may continue. */
  async opened(): Promise<void> {
    await this.#opened;
  }

  /** Makes all requests wait until the returned function is called. */
  pause(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#opened = Promise.all([this.#opened, promise]);
    return resolve;
  }

  /**
   * Runs an action between two writes: when the n-th write from now on has been carried out. Its answer and all later requests
   * wait until the action has ended.
   *
   * @param until - waits no longer for the write than for this
   * @returns whether the action was run
   */
  async runAtWrite(n: number, action: () => Promise<void>, until: Promise<unknown>): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const run = async () => {
      await action();
      resolve(true);
    };
    const entry = { writesLeft: n, run };
    this.#scheduled.push(entry);
    const cancel = () => entry.writesLeft > 0 && resolve(false);
    until.then(cancel, cancel);
    const wasRun = await promise;
    this.#scheduled = this.#scheduled.filter((one) => one !== entry);
    return wasRun;
  }

  /** Counts a write that has been carried out, and starts the actions that are due. */
  onWrite(): void {
    for (const one of this.#scheduled) {
      one.writesLeft -= 1;
      if (one.writesLeft === 0) this.#opened = Promise.all([this.#opened, one.run()]);
    }
  }
}
