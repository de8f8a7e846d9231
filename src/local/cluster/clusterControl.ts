import { controlClient } from '../controlClient.ts';
import type { ClockReading, ClusterStatus, DiskUsage, SessionState } from './controlContract.ts';
import type { FaultRule } from './faultRule.ts';
import type { ActiveFaultRule } from './faultRules.ts';
import type { LoggedRequest, LogPage, LogQuery } from './requestLog.ts';
import type { StoreInfoForm } from './storeInfo.ts';

/**
 * Controls a simulated cluster from the same or another process.
 *
 * Every method throws if the control listener rejects the request, with the reason, or can't be reached.
 */
export class ClusterControl {
  readonly #call: ReturnType<typeof controlClient>;

  /** @param endpoint - of the control listener, such as `http://127.0.0.1:12345` */
  constructor(endpoint: string) {
    this.#call = controlClient('simulated cluster', endpoint);
  }

  async status(): Promise<ClusterStatus> {
    return (await this.#call('GET', '/status')) as ClusterStatus;
  }

  async clock(): Promise<ClockReading> {
    return (await this.#call('GET', '/clock')) as ClockReading;
  }

  /** Makes `ms` milliseconds pass at once, and runs the expiry checks that are then due. */
  async advanceClock(ms: number): Promise<ClockReading> {
    return (await this.#call('POST', '/clock', { advanceMs: ms })) as ClockReading;
  }

  /** Sets the clock `ms` milliseconds ahead of this machine's, or behind if negative. No time passes. */
  async setClockOffset(ms: number): Promise<ClockReading> {
    return (await this.#call('POST', '/clock', { offsetMs: ms })) as ClockReading;
  }

  async faults(): Promise<ActiveFaultRule[]> {
    return (await this.#call('GET', '/faults')) as ActiveFaultRule[];
  }

  /** Replaces all fault rules. @param seed - of the random numbers for `probability` */
  async setFaults(rules: readonly FaultRule[], seed?: number): Promise<ActiveFaultRule[]> {
    return (await this.#call('PUT', '/faults', { rules, seed })) as ActiveFaultRule[];
  }

  /** Adds a fault rule after the others. @returns its id */
  async addFault(rule: FaultRule): Promise<number> {
    return ((await this.#call('POST', '/faults', rule)) as { id: number }).id;
  }

  /** @returns whether the rule existed */
  async removeFault(id: number): Promise<boolean> {
    return ((await this.#call('DELETE', `/faults?id=${id}`)) as { removed: boolean }).removed;
  }

  async clearFaults(): Promise<void> {
    await this.#call('DELETE', '/faults');
  }

  /** Makes another replica primary: all sessions are lost, and their staged chunks removed. */
  async failOver(): Promise<void> {
    await this.#call('POST', '/failover');
  }

  /** Sets whether the cluster is a Linux cluster, which has no operations for upload sessions. */
  async setLinux(linux: boolean): Promise<void> {
    await this.#call('PUT', '/behaviour', { linux });
  }

  /** Slows commits down, by a wait before each staged file that is joined. */
  async setCommitDelayPerChunk(ms: number): Promise<void> {
    await this.#call('PUT', '/behaviour', { commitDelayPerChunkMs: ms });
  }

  /**
   * Starts or ends a move of the image store's primary: meanwhile the gateway repeats each call every 5 s until the call's
   * `timeout` ends. The sessions stay. With `failOver`, which is possible during the move, they are lost.
   */
  async setPrimaryMoving(primaryMoving: boolean): Promise<void> {
    await this.#call('PUT', '/behaviour', { primaryMoving });
  }

  /** Sets the form of the image store info. @param capacityBytes - of the disk; unchanged by default */
  async setStoreInfo(storeInfo: StoreInfoForm, capacityBytes?: number): Promise<void> {
    await this.#call('PUT', '/behaviour', { storeInfo, capacityBytes });
  }

  /** One page of the request log, the oldest first. */
  async logPage(query: LogQuery = {}): Promise<LogPage> {
    const parameters = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) parameters.set(name, String(value));
    }
    return (await this.#call('GET', `/log?${parameters}`)) as LogPage;
  }

  /** All requests in the log that match the query, the oldest first. `limit` is the size of a page. */
  async log(query: LogQuery = {}): Promise<LoggedRequest[]> {
    const requests: LoggedRequest[] = [];
    for (let since = query.since ?? 0; ; ) {
      const page = await this.logPage({ limit: 10_000, ...query, since });
      requests.push(...page.requests);
      if (!page.more) return requests;
      since = page.next;
    }
  }

  async clearLog(): Promise<void> {
    await this.#call('DELETE', '/log');
  }

  /**
   * Creates many sessions at once, without chunk files.
   *
   * @param ageMs - the time since their last chunk
   */
  async addSessions(sessionIds: readonly string[], ageMs: number): Promise<void> {
    await this.#call('POST', '/sessions', { sessionIds, ageMs });
  }

  /** The sessions on the cluster. */
  async sessions(): Promise<SessionState[]> {
    return (await this.#call('GET', '/sessions')) as SessionState[];
  }

  /** The actual size of the cluster's folder. */
  async disk(): Promise<DiskUsage> {
    return (await this.#call('GET', '/disk')) as DiskUsage;
  }
}
