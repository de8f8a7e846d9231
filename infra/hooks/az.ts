import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Runs the Azure CLI. @returns what it printed as JSON; `undefined` if it printed nothing */
export type Az = (...args: string[]) => Promise<unknown>;

/**
 * The Azure CLI of this machine.
 *
 * @throws Error with the first line of its message, never with its output or its arguments
 */
export const az: Az = async (...args) => {
  const isWindows = process.platform === 'win32';
  try {
    // On Windows the CLI is a batch file, which only a shell runs.
    const { stdout } = await run(isWindows ? 'az.cmd' : 'az', [...args, '--output', 'json', '--only-show-errors'], {
      shell: isWindows,
      maxBuffer: 16 * 1024 * 1024,
    });
    return stdout.trim() === '' ? undefined : JSON.parse(stdout);
  } catch (error) {
    throw new Error(`az ${args.slice(0, 3).join(' ')}: ${reasonOf(error)}`);
  }
};

function reasonOf(error: unknown): string {
  const { code, stderr } = error as { code?: unknown; stderr?: unknown };
  if (code === 'ENOENT') return 'the Azure CLI is not installed (https://aka.ms/azure-cli).';
  return (
    String(stderr ?? '')
      .trim()
      .split('\n')[0] || 'it failed without a message.'
  );
}
