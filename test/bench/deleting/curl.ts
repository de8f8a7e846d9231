import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Usage } from '../peerProcess.ts';
import { pathOf } from './peers.ts';

const run = promisify(execFile);

/** Seconds: elapsed, user, system. */
const TIMES = /^([\d.]+) ([\d.]+) ([\d.]+)$/m;

/**
 * Deletes with `curl --parallel` and a config file, as an operator would. Its start and reading the file count.
 *
 * @throws if curl fails, as it does for any answer other than 200
 */
export async function deleteWithCurl(
  endpoint: string,
  concurrency: number,
  sessionIds: readonly string[],
  folder: string,
): Promise<Usage> {
  const config = join(folder, 'curl.config');
  const lines = sessionIds.map((id) => `url = "${endpoint}${pathOf(id)}"\noutput = "/dev/null"`);
  await writeFile(config, ['request = "DELETE"', ...lines, ''].join('\n'));
  const curl = `curl --silent --show-error --fail --parallel --parallel-max ${concurrency} --config "$0"`;
  // The shell's built-in `time` also measures CPU time.
  const { stderr } = await run('bash', ['-c', `TIMEFORMAT='%R %U %S'; time ${curl}`, config]);
  const [elapsed = 0, user = 0, system = 0] = (TIMES.exec(stderr) ?? []).slice(1).map(Number);
  return { ms: elapsed * 1000, cpuMs: (user + system) * 1000 };
}

/** Such as `curl 7.88.1`; `undefined` if curl is not installed. */
export async function curlVersion(): Promise<string | undefined> {
  try {
    return /^curl [\d.]+/.exec((await run('curl', ['--version'])).stdout)?.[0];
  } catch {
    return undefined;
  }
}
