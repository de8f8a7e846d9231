import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { HostProcess } from './hostProcess.ts';

interface Count {
  calls: number;
  pid: number;
}

async function count(host: HostProcess): Promise<Count> {
  return (await (await host.fetch('/api/count')).json()) as Count;
}

describe('a worker', () => {
  let host: HostProcess;
  afterEach(() => host.dispose());

  it.each(['rejects', 'exits'])('ends with all its invocations if a function %s, and is restarted', async (name) => {
    host = await HostProcess.start({ app: 'failures' });
    const before = await count(host);
    const other = host.fetch('/api/waits');
    await host.printed(/Executing 'Functions\.waits'/);

    const culprit = await host.fetch(`/api/${name}`);
    const after = await count(host);

    expect([culprit.status, await culprit.text()]).toEqual([500, '']);
    expect((await other).status).toBe(500);
    expect(after).toEqual({ calls: 1, pid: expect.any(Number) });
    expect(after.pid).not.toBe(before.pid);
    expect(host.output).toContain(`Language Worker Process exited. Pid=${before.pid}.`);
  });

  it('that ends for the third time ends the host', async () => {
    host = await HostProcess.start({ app: 'failures' });

    await host.fetch('/api/rejects');
    await host.fetch('/api/rejects');
    await host.fetch('/api/rejects').catch(() => {}); // The host may be gone before it has answered.

    expect(await host.exited()).toBe(1);
    expect(host.output).toContain('Worker uncaught exception: Error: nobody handles this');
    expect(host.output).toContain('Exceeded language worker restart retry count for runtime:node.');
  });

  it('is replaced if a function times out, which does not count as an error', async () => {
    const env = { AzureFunctionsJobHost__functionTimeout: '00:00:00.4' };
    host = await HostProcess.start({ app: 'failures', env });
    const before = await count(host);

    const statuses = [];
    for (let round = 0; round < 4; round++) statuses.push((await host.fetch('/api/waits')).status);
    const after = await count(host);

    expect(statuses).toEqual([500, 500, 500, 500]);
    expect(after.calls).toBe(1);
    expect(after.pid).not.toBe(before.pid);
    expect(host.output).not.toContain('Language Worker Process exited');
    expect(host.output).toMatch(
      /Timeout value of \S+ exceeded by function 'Functions\.waits' \(Id: '\S+'\)\. Initiating cancellation\./,
    );
  });

  it('that is killed is restarted', async () => {
    host = await HostProcess.start({ app: 'failures' });
    const { pid } = await count(host);

    process.kill(pid, 'SIGKILL');
    await host.printed(/Language Worker Process exited/);

    expect((await count(host)).calls).toBe(1);
  });
});

describe('a function', () => {
  let host: HostProcess;
  beforeAll(async () => {
    host = await HostProcess.start({ app: 'failures' });
  });
  afterAll(() => host.dispose());

  it('with retry options is in error, because this host does not support them', async () => {
    expect(host.output).toContain("The 'retried' function is in error: It has retry options, which the local");
    expect((await host.fetch('/api/retried')).status).toBe(404);
  });

  it('logs at information and above, unredacted, until it has returned', async () => {
    await host.fetch('/api/logs');
    await host.printed(/after the end\n/);

    const lines = host.output
      .split('\n')
      .map((line) => line.replace(/^\[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\] /, ''));
    expect(lines).toEqual(
      expect.arrayContaining(['an information line with key=value', 'an error line', 'a console line']),
    );
    expect(lines).not.toContain('a debug line');
    expect(lines).not.toContain('a trace line');
    expect(lines).not.toContain('a line after the end');
    expect(host.output).toContain(
      "Unexpected call to 'log' on the context object after function execution has completed.",
    );
  });

  it('can be replaced by a preInvocation hook', async () => {
    expect(await (await host.fetch('/api/hooked')).text()).toBe('from the hook');
  });
});

describe('logging.logLevel', () => {
  let host: HostProcess;
  afterEach(() => host.dispose());

  it('decides what is shown, by the longest matching category', async () => {
    const env = {
      AzureFunctionsJobHost__logging__logLevel__default: 'Warning',
      'AzureFunctionsJobHost__logging__logLevel__Function.logs.User': 'Debug',
    };
    host = await HostProcess.start({ app: 'failures', env });

    await host.fetch('/api/logs');
    await host.printed(/an error line\n/);

    expect(host.output).toContain('] a debug line\n');
    expect(host.output).not.toContain('a trace line');
    expect(host.output).not.toContain('Executing');
  });
});
