import { callsTo } from '../callControl.ts';
import type { ClockReading, ClusterStatus, DiskUsage, SessionState } from './controlContract.ts';
import type { FaultRule } from './faultRule.ts';
import type { ActiveFaultRule } from './faultRules.ts';
import type { LoggedRequest, LogPage, LogQuery } from './requestLog.ts';
import type { StoreInfoForm } from './storeInfo.ts';

/**
 * Controls a simulated cluster from the same or another process.
 *
 * Every method throws when the control listener refuses (a rule that makes no sense: the error says what is wrong with
 * it) or can't be reached.
 */
export class ClusterControl {
  readonly #call: ReturnType<typeof callsTo>;

  /** @param endpoint - the control listener's, such as `http://127.0.0.1:12345` */
  constructor(endpoint: string) {
    this.#call = callsTo('simulated cluster', endpoint);
  }

  async status(): Promise<ClusterStatus> {
    return (await this.#call('GET', '/status')) as ClusterStatus;
  }

  async clock(): Promise<ClockReading> {
    return (await this.#call('GET', '/clock')) as ClockReading;
  }

  /** Lets `ms` milliseconds pass at once, with the expiry checks that fall due. */
  async advanceClock(ms: number): Promise<ClockReading> {
    return (await this.#call('POST', '/clock', { advanceMs: ms })) as ClockReading;
  }

  /** Puts the clock `ms` milliseconds ahead of this machine's (negative: behind). No time passes. */
  async setClockOffset(ms: number): Promise<ClockReading> {
    return (await this.#call('POST', '/clock', { offsetMs: ms })) as ClockReading;
  }

  async faults(): Promise<ActiveFaultRule[]> {
    return (await this.#call('GET', '/faults')) as ActiveFaultRule[];
  }

  /** Replaces all fault rules. @param seed - of what `probability` is held against */
  async setFaults(rules: readonly FaultRule[], seed?: number): Promise<ActiveFaultRule[]> {
    return (await this.#call('PUT', '/faults', { rules, seed })) as ActiveFaultRule[];
  }

  /** Adds a fault rule behind the others. @returns its id */
  async addFault(rule: FaultRule): Promise<number> {
    return ((await this.#call('POST', '/faults', rule)) as { id: number }).id;
  }

  /** @returns whether there was such a rule */
  async removeFault(id: number): Promise<boolean> {
    return ((await this.#call('DELETE', `/faults?id=${id}`)) as { removed: boolean }).removed;
  }

  async clearFaults(): Promise<void> {
    await this.#call('DELETE', '/faults');
  }

  /** Makes another replica primary: all sessions are forgotten, and their staged chunks removed. */
  async failOver(): Promise<void> {
    await this.#call('POST', '/failover');
  }

  /** Makes the cluster one that has no upload-session operations, or one that has them again. */
  async setLinux(linux: boolean): Promise<void> {
    await this.#call('PUT', '/behaviour', { linux });
  }

  /** Slows commits down: waited before each staged file that is joined. */
  async setCommitDelayPerChunk(ms: number): Promise<void> {
    await this.#call('PUT', '/behaviour', { commitDelayPerChunkMs: ms });
  }

  /**
   * Starts or ends a move of the image store's primary: meanwhile the gateway repeats each call every 5 s until the call's
   * `timeout` ends. The sessions stay; a primary that forgets them is `failOver`, which may come during the move.
   */
  async setPrimaryMoving(primaryMoving: boolean): Promise<void> {
    await this.#call('PUT', '/behaviour', { primaryMoving });
  }

  /** In which form the cluster describes its store, if at all. @param capacityBytes - of the disk; undefined: unchanged */
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

  /** The whole request log, or what the query leaves of it, the oldest first. `limit` is the size of a page. */
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
   * Has the cluster know a great many sessions at once, without chunk files.
   *
   * @param ageMs - how long their last chunk is past
   */
  async addSessions(sessionIds: readonly string[], ageMs: number): Promise<void> {
    await this.#call('POST', '/sessions', { sessionIds, ageMs });
  }

  /** The sessions that the cluster knows. */
  async sessions(): Promise<SessionState[]> {
    return (await this.#call('GET', '/sessions')) as SessionState[];
  }

  /** What the cluster's folder really holds. */
  async disk(): Promise<DiskUsage> {
    return (await this.#call('GET', '/disk')) as DiskUsage;
  }
}
