import { type ChildProcess, fork, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A program or script in its own process. */
export interface Child {
  pid: number;
  /** The match of the pattern in the line that reported that it was ready. */
  ready: RegExpMatchArray;
  /** Everything that it has printed so far, on both streams. */
  output(): string;
  /** Sends SIGTERM and waits until the process has ended. It is killed after a grace period. */
  stop(): Promise<number | null>;
  /** Kills it at once, without cleanup. */
  kill(): Promise<void>;
  /** Resolves with its exit code when it has ended for any reason. */
  ended: Promise<number | null>;
}

export interface ChildOptions {
  /** The line that it prints when it is ready. */
  ready: RegExp;
  args?: string[];
  /** Instead of this process's own environment. */
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  execArgv?: string[];
  /** Receives each line when it is printed. */
  onLine?: (line: string) => void;
  /** How long it may take to be ready, in milliseconds. */
  timeoutMs?: number;
  /** How long it may take to end when asked to, in milliseconds. */
  graceMs?: number;
}

/**
 * Starts a script in its own process and waits until it reports that it is ready. The channel between the two closes when the parent
 * ends for any reason, so that the child can end as well.
 *
 * @throws if it ends or times out before it is ready; the message contains its output
 */
export function startChild(script: URL, options: ChildOptions): Promise<Child> {
  const child = fork(script, options.args ?? [], {
    env: options.env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Its own process group: Ctrl-C on a terminal reaches only the parent, which then ends its parts in the right order.
    detached: true,
    ...(options.cwd ? { cwd: options.cwd } : {}),
    ...(options.execArgv ? { execArgv: options.execArgv } : {}),
  });
  return superviseChild(child, script.pathname.split('/').slice(-3).join('/'), options);
}

/** Starts a program in the same way. It does not notice if its parent ends without stopping it. */
export function startProgram(command: string, options: ChildOptions): Promise<Child> {
  const child = spawn(command, options.args ?? [], {
    env: options.env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    ...(options.cwd ? { cwd: options.cwd } : {}),
  });
  return superviseChild(child, command, options);
}

async function superviseChild(child: ChildProcess, name: string, options: ChildOptions): Promise<Child> {
  const { ready: pattern, timeoutMs = 60_000, graceMs = 20_000 } = options;
  const printed: string[] = [];
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));

  const ready = await new Promise<RegExpMatchArray>((resolve, reject) => {
    const refuse = (why: string) => reject(new Error(`${name} ${why}:\n${printed.join('\n')}`));
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      refuse(`was not ready after ${timeoutMs / 1000} s`);
    }, timeoutMs);
    readLines(child, (line) => {
      printed.push(line);
      options.onLine?.(line);
      const match = pattern.exec(line);
      if (match) resolve(match);
      if (match) clearTimeout(timer);
    });
    // Unlike 'exit', 'close' comes after all output has been read.
    child.once('close', (code) => {
      clearTimeout(timer);
      refuse(`ended with exit code ${code} before it was ready`);
    });
    child.once('error', reject);
  });

  return {
    pid: child.pid ?? 0,
    ready,
    output: () => printed.join('\n'),
    ended,
    async stop() {
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      child.kill('SIGTERM');
      const code = await ended;
      clearTimeout(timer);
      return code;
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function readLines(child: ChildProcess, onLine: (line: string) => void): void {
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) createInterface({ input: stream }).on('line', onLine);
  }
}
