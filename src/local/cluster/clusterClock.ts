/**
 * The cluster's clock. It follows real time, and a test can move it: `advance` lets time pass at once, `setOffset` puts
 * the clock ahead of or behind this machine's without letting any time pass.
 */
export class ClusterClock {
  #advancedMs = 0;
  #shiftMs = 0;
  readonly #waiting = new Set<() => void>();

  /** What the cluster's clock shows, in milliseconds since 1970. */
  now(): number {
    return Date.now() + this.#advancedMs + this.#shiftMs;
  }

  /** Milliseconds on a clock that is never set, only for measuring how much time has passed. */
  elapsed(): number {
    return Date.now() + this.#advancedMs;
  }

  /** How far the clock is ahead of this machine's, in milliseconds; negative: behind. */
  get offsetMs(): number {
    return this.#advancedMs + this.#shiftMs;
  }

  /** Lets `ms` milliseconds pass at once. */
  advance(ms: number): void {
    this.#advancedMs += ms;
    for (const look of [...this.#waiting]) look();
  }

  /** Makes the clock show this machine's time plus `ms`. No time passes: what is due stays as far away as it was. */
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

/** Node's timers fire at once when they are given more. A `timeout` may be 136 years. */
const LONGEST_TIMER_MS = 2_147_483_647;
