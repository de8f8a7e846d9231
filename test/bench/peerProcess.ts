import { fork } from 'node:child_process';
import { once } from 'node:events';

/** The time that a peer's process used for its work. */
export interface Usage {
  ms: number;
  /** User and system, in milliseconds. */
  cpuMs: number;
}

/**
 * Runs a script for one job in its own process.
 *
 * @param execArgv - options for its Node. It does not get those of this process, such as a debugger's, which would affect the times.
 * @returns its answer
 * @throws if it ends without an answer; the message contains its output
 */
export async function runPeer<Result>(script: URL, job: unknown, execArgv: string[] = []): Promise<Result> {
  const child = fork(script, [], { execArgv, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  const printed: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text) => printed.push(text));
  const answers: Result[] = [];
  child.on('message', (answer) => answers.push(answer as Result));
  child.send({ job });
  const [code] = await once(child, 'close');
  const [answer] = answers;
  if (answer === undefined)
    throw new Error(`The peer ended with exit code ${code} and no answer:\n${printed.join('')}`);
  return answer;
}

/** In the script: receives the job, does it, answers and ends. */
export function servePeer<Job, Result>(work: (job: Job) => Promise<Result>): void {
  process.once('message', async ({ job }: { job: Job }) => {
    try {
      const answer = await work(job);
      process.send?.(answer, () => process.exit(0));
    } catch (error) {
      console.error(error);
      process.exit(1);
    }
  });
}

/** Measures work of this process. */
export async function measure(work: () => Promise<unknown>): Promise<Usage> {
  const cpu = process.cpuUsage();
  const startedMs = performance.now();
  await work();
  const ms = performance.now() - startedMs;
  const { user, system } = process.cpuUsage(cpu);
  return { ms, cpuMs: (user + system) / 1000 };
}
