import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../../src/local/host/main.ts', import.meta.url));
const FIXTURES = fileURLToPath(new URL('./fixtures/', import.meta.url));
/** Much longer than anything takes, in milliseconds, so that only a real error exceeds it. */
const TIMEOUT_MS = 20_000;

export interface HostOptions {
  /** The folder below `fixtures`. */
  app: string;
  /** The entry file in the folder. */
  entry?: string;
  args?: string[];
  env?: Record<string, string>;
  port?: number;
}

/** The host in its own process, as users run it. Tests observe its output and its answers. */
export class HostProcess {
  readonly child: ChildProcess;
  readonly #changed = new Set<() => void>();
  #exitCode: number | null | undefined;
  output = '';

  constructor({ app, entry = 'index.ts', args = [], env = {}, port = 0 }: HostOptions) {
    const arguments_ = [MAIN, '--app', `${FIXTURES}${app}`, '--port', String(port)];
    // A fixed environment, so that the variables of this machine do not affect tests.
    this.child = spawn(process.execPath, [...arguments_, ...(entry ? ['--entry', entry] : []), ...args], {
      env: { PATH: process.env['PATH'], TZ: 'UTC', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
        this.#notify();
      });
    }
    this.child.on('close', (code) => {
      this.#exitCode = code;
      this.#notify();
    });
  }

  /** Starts a host and waits until it is ready. */
  static async start(options: HostOptions): Promise<HostProcess> {
    const host = new HostProcess(options);
    await host.printed(/Functions host ready at \S+\n/);
    return host;
  }

  get address(): string {
    return /ready at (\S+)/.exec(this.output)?.[1] ?? '';
  }

  get hasExited(): boolean {
    return this.#exitCode !== undefined;
  }

  fetch(path: string, init?: RequestInit): Promise<Response> {
    return fetch(this.address + path, init);
  }

  /** Runs a function through the admin API. @param key - the master key, if keys are checked */
  runNow(name: string, key = ''): Promise<Response> {
    return this.fetch(`/admin/functions/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-functions-key': key },
      body: '{}',
    });
  }

  /** Waits for a text in the output, after a given offset. */
  async printed(pattern: RegExp, from = 0): Promise<RegExpExecArray> {
    const find = () => pattern.exec(this.output.slice(from));
    await this.#until(() => find() !== null || this.hasExited, `${pattern}`);
    const found = find();
    if (!found) throw new Error(`The host ended without printing ${pattern}:\n${this.output}`);
    return found;
  }

  /** @returns the exit code; `null` after a kill */
  async exited(): Promise<number | null> {
    await this.#until(() => this.hasExited, 'its end');
    return this.#exitCode ?? null;
  }

  /** Ends the host after a test, in any state. */
  async dispose(): Promise<void> {
    if (this.hasExited) return;
    this.child.kill('SIGKILL');
    await once(this.child, 'close');
  }

  async #until(condition: () => boolean, what: string): Promise<void> {
    const deadline = Date.now() + TIMEOUT_MS;
    while (!condition()) {
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`Timed out while waiting for ${what}; the host printed:\n${this.output}`);
      await new Promise<void>((resolve) => {
        const wake = () => {
          clearTimeout(timer);
          this.#changed.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, left);
        this.#changed.add(wake);
      });
    }
  }

  #notify(): void {
    for (const wake of this.#changed) wake();
  }
}
