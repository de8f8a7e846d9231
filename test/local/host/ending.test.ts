import { afterEach, describe, expect, it } from '@jest/globals';
import { type HostOptions, HostProcess } from './hostProcess.ts';

let host: HostProcess;
afterEach(() => host.dispose());

const start = async (options: Partial<HostOptions> = {}) => {
  host = await HostProcess.start({ app: 'ending', ...options });
};

/** @returns the worker's process id */
async function begin(ms: number): Promise<{ pid: number; answer: Promise<Response> }> {
  const answer = host.fetch(`/api/slow/${ms}`);
  answer.catch(() => {}); // Some tests end the host first.
  const [, pid] = await host.printed(/slow has begun in (\d+)\n/);
  return { pid: Number(pid), answer };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** There is no event for the end of another process's child, so it is polled. */
async function waitUntilEnded(pid: number): Promise<void> {
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe.each(['SIGTERM', 'SIGINT'] as const)('%s', (signal) => {
  it('waits for running functions, runs the appTerminate hooks, and ends with 0', async () => {
    await start();
    const { pid, answer } = await begin(300);

    host.child.kill(signal);

    expect(await (await answer).text()).toBe('slow is done');
    expect(await host.exited()).toBe(0);
    expect(host.output).toMatch(
      /Executed 'Functions\.slow' \(Succeeded[\s\S]*appTerminate begins[\s\S]*appTerminate is over/,
    );
    expect(isAlive(pid)).toBe(false);
  });
});

describe('an ending host', () => {
  it('accepts no new requests', async () => {
    await start();
    const { answer } = await begin(300);

    host.child.kill('SIGTERM');
    await answer;

    await expect(
      host.fetch('/api/quick').then(({ status }) => Promise.reject(new Error(`${status}`))),
    ).rejects.not.toThrow('200');
  });

  it('is not disturbed by a Ctrl-C that also reaches the worker', async () => {
    await start();
    const { pid, answer } = await begin(300);

    process.kill(pid, 'SIGINT');
    host.child.kill('SIGINT');

    expect(await (await answer).text()).toBe('slow is done');
    expect(await host.exited()).toBe(0);
  });

  it('ends at once after a second Ctrl-C, but not if npm forwards the first one', async () => {
    await start();
    const { pid } = await begin(60_000);

    host.child.kill('SIGINT');
    // The first was handled when no more requests are accepted. The system would merge two signals at once.
    while (await host.fetch('/api/quick').catch(() => undefined));
    host.child.kill('SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 700)); // What is tested here is that nothing happens.
    expect(host.hasExited).toBe(false);
    host.child.kill('SIGINT');

    expect(await host.exited()).toBe(130);
    await waitUntilEnded(pid);
  });

  it('kills a worker whose appTerminate hook does not return', async () => {
    await start({ entry: 'stubborn.ts' });
    const [, pid] = await host.printed(/stubborn runs in (\d+)\n/);

    host.child.kill('SIGTERM');

    expect(await host.exited()).toBe(0);
    expect(host.output).toContain('appTerminate begins');
    expect(isAlive(Number(pid))).toBe(false);
  });
});

describe('a killed host', () => {
  it('leaves no worker behind', async () => {
    await start();
    const { pid } = await begin(60_000);

    host.child.kill('SIGKILL');

    await waitUntilEnded(pid);
  });
});
