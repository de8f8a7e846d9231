import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { keepLine } from '../support/transcript.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** How a command ended. */
export interface Ended {
  code: number | null;
  /** On a terminal: all that it showed. */
  stdout: string;
  stderr: string;
}

export interface CliOptions {
  env?: Record<string, string>;
  cwd?: string;
  /** What is piped in; on a terminal: what is typed once the pattern has been shown. */
  input?: string;
  /** The file that standard output is redirected to. */
  stdoutTo?: string;
}

/** A command that runs. */
export interface Started {
  child: ChildProcessWithoutNullStreams;
  /** Resolves when all that it has printed so far matches. */
  shows(pattern: RegExp): Promise<void>;
  ended: Promise<Ended>;
}

/** None of what a developer's own environment says about colours or connections. */
const environment = (env: Record<string, string> = {}) => ({ PATH: process.env['PATH'] ?? '', TERM: 'xterm', ...env });

/** Starts the command line with pipes. */
export function startCli(words: string[], { env, cwd, input, stdoutTo }: CliOptions = {}): Started {
  const redirection = stdoutTo ? ['/bin/sh', '-c', `exec "$0" "$@" > ${stdoutTo}`] : [];
  const [file = '', ...args] = [...redirection, process.execPath, MAIN, ...words];
  const child = spawn(file, args, { env: environment(env), ...(cwd ? { cwd } : {}) });
  child.stdin.on('error', () => {});
  child.stdin.end(input ?? '');
  return watch(child);
}

export function runCli(words: string[], options: CliOptions = {}): Promise<Ended> {
  return startCli(words, options).ended;
}

/** Why there is no pseudo-terminal to test on; `undefined` if there is one. */
export const noTerminal =
  spawnSync('script', ['--version']).stdout?.toString().includes('util-linux') === true
    ? undefined
    : 'skipped: `script` of util-linux is missing here';

/** Starts the command line on a pseudo-terminal. */
export function startOnTerminal(
  words: string[],
  { env, cwd, columns = 80 }: CliOptions & { columns?: number } = {},
): Started {
  const command = [process.execPath, MAIN, ...words].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['-qec', `stty cols ${columns} rows 24; exec ${command}`, '/dev/null'], {
    env: environment({ SHELL: '/bin/sh', ...env }),
    ...(cwd ? { cwd } : {}),
  });
  return watch(child);
}

function watch(child: ChildProcessWithoutNullStreams): Started {
  const printed = { stdout: '', stderr: '' };
  const changed = new EventTarget();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      printed[name] += text;
      changed.dispatchEvent(new Event('more'));
    });
  }
  const ended = once(child, 'close').then(([code]): Ended => {
    keepLine(printed.stdout);
    keepLine(printed.stderr);
    changed.dispatchEvent(new Event('more'));
    return { code: code as number | null, ...printed };
  });
  const shows = async (pattern: RegExp) => {
    while (!pattern.test(printed.stdout + printed.stderr)) {
      if (child.exitCode !== null) throw new Error(`It ended before it showed ${pattern}: ${JSON.stringify(printed)}`);
      await once(changed, 'more');
    }
  };
  return { child, shows, ended };
}

/** A list's JSON documents, one a line. */
export function jsonLines(text: string): Record<string, unknown>[] {
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Record<string, unknown>]));
}
