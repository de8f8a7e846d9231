/**
 * The cluster's clock. Real time moves it, and so does whoever steers the simulation: `advance` lets time pass at
 * once, `setOffset` puts the clock ahead of ours or behind it without any time passing.
 */
export class ClusterClock {
  #advancedMs = 0;
  #shiftMs = 0;

  /** What the cluster's clock shows, in milliseconds since 1970. */
  now(): number {
    return Date.now() + this.#advancedMs + this.#shiftMs;
  }

  /** Milliseconds on a clock that nobody sets, only for measuring what time has passed. */
  elapsed(): number {
    return Date.now() + this.#advancedMs;
  }

  /** How far the clock is ahead of ours, in milliseconds; negative: behind. */
  get offsetMs(): number {
    return this.#advancedMs + this.#shiftMs;
  }

  /** Lets `ms` milliseconds pass at once. */
  advance(ms: number): void {
    this.#advancedMs += ms;
  }

  /** Makes the clock show ours plus `ms`. No time passes: what is due stays as far away as it was. */
  setOffset(ms: number): void {
    this.#shiftMs = ms - this.#advancedMs;
  }
}
