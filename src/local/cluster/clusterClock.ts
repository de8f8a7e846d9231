/**
 * The cluster's clock. It follows real time, and a test can move it: `advance` makes time pass at once, `setOffset` sets the clock ahead
 * of or behind this machine's without making time pass.
 */
export class ClusterClock {
  #advancedMs = 0;
  #shiftMs = 0;
  readonly #waiting = new Set<() => void>();

  /** The time of the cluster's clock, in milliseconds since 1970. */
  now(): number {
    return Date.now() + this.#advancedMs + this.#shiftMs;
  }

  /** Milliseconds on a monotonic clock, to measure how much time has passed. */
  elapsed(): number {
    return Date.now() + this.#advancedMs;
  }

  /** How far the clock is ahead of this machine's, in milliseconds; negative: behind. */
  get offsetMs(): number {
    return this.#advancedMs + this.#shiftMs;
  }

  /** Makes `ms` milliseconds pass at once. */
  advance(ms: number): void {
    this.#advancedMs += ms;
    for (const look of [...this.#waiting]) look();
  }

  /** Sets the clock to this machine's time plus `ms`. No time passes: waits and expiry checks do not come closer. */
  setOffset(ms: number): void {
    this.#shiftMs = ms - this.#advancedMs;
  }

  /** Resolves when `ms` milliseconds have passed on this clock. Waiting does not keep the process alive. */
  async wait(ms: number): Promise<void> {
    const dueAt = this.elapsed() + ms;
    await new Promise<void>((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      const look = () => {
        clearTimeout(timer);
        const leftMs = dueAt - this.elapsed();
        if (leftMs > 0) {
          timer = setTimeout(look, Math.min(leftMs, LONGEST_TIMER_MS)).unref();
          return;
        }
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }
}

/** The longest delay of a Node timer; a longer one would fire at once. A call's `timeout` can be 136 years. */
const LONGEST_TIMER_MS = 2_147_483_647;
