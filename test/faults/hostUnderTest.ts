import { type Child, startChild } from '../../src/local/childProcess.ts';
import type { Verdict } from './facts.ts';

/** The output of one host process, and how it ended. */
export interface HostRecord {
  name: string;
  output: string;
  /** `unexpectedly` means that it ended unexpectedly. */
  ended: 'killed' | 'stopped' | 'unexpectedly' | 'running';
}

export type CallAnswer = { status: number; contentType: string; body: string };

const MAIN = new URL('../../src/local/host/main.ts', import.meta.url);
const FINISHED = /Executed 'Functions\.sweepStaleSessions'/;

/** One process of the local functions host, which runs the real app. */
export class HostUnderTest {
  readonly #child: Child;
  readonly #name: string;
  #ended: HostRecord['ended'] = 'running';
  #asked = 0;
  #finished = 0;
  #changed = Promise.withResolvers<void>();

  private constructor(name: string, child: Child, lines: LineListener) {
    this.#name = name;
    this.#child = child;
    lines.listener = (line) => this.#onLine(line);
    void child.ended.then(() => {
      if (this.#ended === 'running') this.#ended = 'unexpectedly';
      this.#notify();
    });
  }

  static async start(name: string, env: NodeJS.ProcessEnv): Promise<HostUnderTest> {
    const lines: LineListener = { listener: () => {} };
    const child = await startChild(MAIN, {
      args: ['--port', '0'],
      env,
      ready: /^Functions host ready at (\S+)$/,
      onLine: (line) => lines.listener(line),
    });
    return new HostUnderTest(name, child, lines);
  }

  get isUp(): boolean {
    return this.#ended === 'running';
  }

  /** Starts a sweep through the admin API. @returns whether the host accepted it */
  async sweep(): Promise<boolean> {
    const answer = await this.#fetch('/admin/functions/sweepStaleSessions', 'POST', '{}');
    if (!answer) return false;
    if (answer.status !== 202) {
      throw new Error(`${this.#name} rejected a sweep: ${answer.status}.\n${this.#child.output()}`);
    }
    this.#asked += 1;
    return true;
  }

  /** Requests the deletion of one session. @returns `undefined` if the host ended before it answered */
  deleteSession(sessionId: string, onlyIfStale: boolean): Promise<CallAnswer | undefined> {
    return this.#fetch(`/api/upload-sessions/${sessionId}${onlyIfStale ? '?onlyIfStale=true' : ''}`, 'DELETE');
  }

  /** Requests the status that the page shows. */
  async verdict(): Promise<Verdict> {
    const answer = await this.#fetch('/api/dashboard/status?fresh=tables', 'GET');
    if (answer?.status !== 200)
      throw new Error(`${this.#name} answered a request for its status with ${answer?.status}.`);
    const { verdict } = JSON.parse(answer.body) as { verdict: { level: string; reasons: { what: string }[] } };
    return { level: verdict.level, reasons: verdict.reasons.map(({ what }) => what) };
  }

  /** Waits until all started sweeps, or the host, have ended. @returns false if it took too long */
  async waitUntilIdle(timeoutMs: number): Promise<boolean> {
    const deadline = AbortSignal.timeout(timeoutMs);
    deadline.addEventListener('abort', () => this.#notify());
    while (this.isUp && this.#finished < this.#asked) {
      if (deadline.aborted) return false;
      await this.#changed.promise;
    }
    return true;
  }

  async kill(): Promise<void> {
    this.#ended = this.isUp ? 'killed' : this.#ended;
    await this.#child.kill();
  }

  /** Stops it with SIGTERM, like a deployment. */
  async stop(): Promise<void> {
    this.#ended = this.isUp ? 'stopped' : this.#ended;
    await this.#child.stop();
  }

  record(): HostRecord {
    return { name: this.#name, output: this.#child.output(), ended: this.#ended };
  }

  #onLine(line: string): void {
    if (!FINISHED.test(line)) return;
    this.#finished += 1;
    this.#notify();
  }

  #notify(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }

  async #fetch(path: string, method: string, content?: string): Promise<CallAnswer | undefined> {
    try {
      const headers = content ? { 'content-type': 'application/json' } : {};
      const answer = await fetch(`${this.#child.ready[1]}${path}`, {
        method,
        headers,
        ...(content ? { body: content } : {}),
      });
      const contentType = answer.headers.get('content-type') ?? '';
      const body = await answer.text();
      // A host that is shutting down answers without the app.
      return this.isUp ? { status: answer.status, contentType, body } : undefined;
    } catch (error) {
      if (this.isUp) throw error;
      return undefined;
    }
  }
}

interface LineListener {
  listener: (line: string) => void;
}
