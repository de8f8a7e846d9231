import type { Verdict } from './facts.ts';
import { type CallAnswer, type HostRecord, HostUnderTest } from './hostUnderTest.ts';

/** The hosts of one round. A host that ends is replaced, as the platform does. */
export class RoundHosts {
  readonly #environment: NodeJS.ProcessEnv;
  readonly #current: Promise<HostUnderTest>[] = [];
  readonly #all: HostUnderTest[] = [];

  private constructor(environment: NodeJS.ProcessEnv) {
    this.#environment = environment;
  }

  static async start(count: number, environment: NodeJS.ProcessEnv): Promise<RoundHosts> {
    const hosts = new RoundHosts(environment);
    for (let n = 0; n < count; n += 1) hosts.#current.push(hosts.#start(n));
    await Promise.all(hosts.#current);
    return hosts;
  }

  /** Starts a sweep on one host as soon as it is ready. @returns whether the host accepted it */
  async sweep(n: number): Promise<boolean> {
    return await (await this.#host(n)).sweep();
  }

  async deleteSession(n: number, sessionId: string, onlyIfStale: boolean): Promise<CallAnswer | undefined> {
    return await (await this.#host(n)).deleteSession(sessionId, onlyIfStale);
  }

  async verdict(n: number): Promise<Verdict> {
    return await (await this.#host(n)).verdict();
  }

  /** Ends a host and begins to start its replacement. */
  async replace(n: number, how: 'kill' | 'terminate'): Promise<void> {
    const ended = this.#host(n).then((old) => (how === 'kill' ? old.kill() : old.stop()));
    this.#current[n] = ended.then(() => this.#start(n));
    await ended;
  }

  /** Waits until no sweep is running. @returns the names of the hosts whose sweeps did not end */
  async waitUntilIdle(timeoutMs: number): Promise<string[]> {
    const hosts = await Promise.all(this.#current);
    const idle = await Promise.all(hosts.map((host) => host.waitUntilIdle(timeoutMs)));
    return hosts.filter((_, n) => !idle[n]).map((host) => host.record().name);
  }

  async stop(): Promise<void> {
    await Promise.all((await Promise.all(this.#current)).map((host) => host.stop()));
  }

  records(): HostRecord[] {
    return this.#all.map((host) => host.record());
  }

  #host(n: number): Promise<HostUnderTest> {
    const host = this.#current[n];
    if (!host) throw new Error(`There is no host ${n}.`);
    return host;
  }

  async #start(n: number): Promise<HostUnderTest> {
    const host = await HostUnderTest.start(`host ${n + 1}, process ${this.#all.length + 1}`, this.#environment);
    this.#all.push(host);
    return host;
  }
}
