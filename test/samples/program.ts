import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { until } from '../support/app.ts';
import { keepLine } from '../support/transcript.ts';

/** A running sample. */
export interface Program {
  /** Everything that it has printed so far, on both streams. */
  output(): string;
  /** Writes a line to its standard input. */
  say(line: string): void;
  /** Waits until it has printed this. */
  prints(text: string): Promise<void>;
  /** Closes its standard input and waits for its exit code. */
  end(): Promise<number | null>;
  /** Kills it at once, without cleanup. */
  kill(): Promise<void>;
}

const PATIENCE_MS = 60_000;

/** Starts a program with pipes, and with only the PATH of this process's environment. */
export function startProgram(command: string, args: string[], env: Record<string, string>): Program {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(command, args, {
    env: { PATH, HOME, DOTNET_NOLOGO: '1', ...env },
    // Its own process group, because PowerShell as a .NET tool is two processes.
    detached: true,
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      printed += text;
      keepLine(text);
    });
  }
  child.stdin.on('error', () => {});
  const ended = endOf(child);
  return {
    output: () => printed,
    say: (line) => child.stdin.write(`${line}\n`),
    async prints(text) {
      await until(() => (printed.includes(text) ? true : undefined), PATIENCE_MS).catch(() => {
        throw new Error(`The program did not print "${text}":\n${printed}`);
      });
    },
    async end() {
      child.stdin.end();
      return await ended;
    },
    async kill() {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      await ended;
    },
  };
}

const endOf = (child: ChildProcess) =>
  new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });

/** @returns whether the program exists and prints its version */
export function isThere(command: string, ...args: string[]): boolean {
  return spawnSync(command, args.length > 0 ? args : ['--version']).status === 0;
}
