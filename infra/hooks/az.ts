import { exec, execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const runInShell = promisify(exec);
const OPTIONS = { maxBuffer: 16 * 1024 * 1024 };

/** Runs the Azure CLI. @returns what it printed as JSON; `undefined` if it printed nothing */
export type Az = (...args: string[]) => Promise<unknown>;

/** The groups of commands that work in one subscription; the others take a whole URL, or work in the tenant. */
const IN_SUBSCRIPTION = ['functionapp', 'resource'];

/**
 * The Azure CLI of this machine. Its calls throw an Error with the first line of its message, never with its output or arguments.
 *
 * @param subscription - of the deployment, which need not be the one that the CLI has selected
 */
export function azOf(subscription: string): Az {
  return async (...args) => {
    const scope = IN_SUBSCRIPTION.includes(args[0] ?? '') ? ['--subscription', subscription] : [];
    const all = [...args, ...scope, '--output', 'json', '--only-show-errors'];
    try {
      const { stdout } = await (process.platform === 'win32'
        ? // A batch file, which only a shell runs. The shell leaves quotes within an argument to the program.
          runInShell(['az.cmd', ...all.map((arg) => `"${arg.replaceAll('"', '\\"')}"`)].join(' '), OPTIONS)
        : run('az', all, OPTIONS));
      return stdout.trim() === '' ? undefined : JSON.parse(stdout);
    } catch (error) {
      throw new Error(`az ${args.slice(0, 3).join(' ')}: ${reasonOf(error)}`);
    }
  };
}

function reasonOf(error: unknown): string {
  const { code, stderr } = error as { code?: unknown; stderr?: unknown };
  if (code === 'ENOENT') return 'the Azure CLI is not installed (https://aka.ms/azure-cli).';
  return (
    String(stderr ?? '')
      .trim()
      .split('\n')[0] || 'it failed without a message.'
  );
}
