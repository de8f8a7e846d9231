import type { ClusterClock } from './clusterClock.ts';

/** How long the gateway waits before it retries. [InternalFileStoreClient.cpp, ClientRetryInterval] */
const RETRY_INTERVAL_MS = 5_000;
const DEFAULT_TIMEOUT_S = 60;

/**
 * Whether the gateway can reach the image store's primary replica.
 *
 * While the primary moves or is not ready, the gateway retries a call every 5 s until the call's `timeout` ends. So a DELETE may be
 * carried out long after its client stopped waiting.
 *
 * @see InternalFileStoreClient.cpp and Naming/EntreeService.RequestAsyncOperationBase.cpp of microsoft/service-fabric
 */
export class Primary {
  /** Whether it is moving and cannot be reached. */
  moving = false;
  readonly #clock: ClusterClock;

  constructor(clock: ClusterClock) {
    this.#clock = clock;
  }

  /**
   * Waits until the primary can be reached. Times are the cluster's.
   *
   * @param timeoutSeconds - of the call; a call with 5 or less is not repeated
   * @returns whether it was reached before the timeout ended, and the number of tries
   */
  async reach(timeoutSeconds = DEFAULT_TIMEOUT_S): Promise<{ reached: boolean; attempts: number }> {
    const endsAt = this.#clock.elapsed() + timeoutSeconds * 1_000;
    for (let attempts = 1; ; attempts += 1) {
      if (!this.moving) return { reached: true, attempts };
      const leftMs = endsAt - this.#clock.elapsed();
      await this.#clock.wait(Math.min(leftMs, RETRY_INTERVAL_MS));
      if (leftMs <= RETRY_INTERVAL_MS) return { reached: false, attempts };
    }
  }
}
