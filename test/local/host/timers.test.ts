import { text } from 'node:stream/consumers';
import type { Timer } from '@azure/functions';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type BlobStorage, connectionString, Gate, startBlobStorage } from './blobStorage.ts';
import { HostProcess } from './hostProcess.ts';

const ONCE_A_YEAR = '0 0 0 1 1 *';
const NEVER = '0001-01-01T00:00:00+00:00';
const nextYear = `${new Date().getUTCFullYear() + 1}-01-01T00:00:00+00:00`;

let storage: BlobStorage;
let container: ContainerClient;
const started: HostProcess[] = [];

beforeAll(async () => {
  storage = await startBlobStorage();
  container = BlobServiceClient.fromConnectionString(connectionString(storage.port)).getContainerClient(
    'azure-webjobs-hosts',
  );
  await container.createIfNotExists();
});
afterEach(async () => {
  for (const host of started.splice(0)) await host.dispose();
});
afterAll(() => storage.stop());

/** @param hostId - a different one for each test, since the storage is shared */
async function start(hostId: string, env: Record<string, string> = {}, entry = 'index.ts'): Promise<HostProcess> {
  const host = await HostProcess.start({
    app: 'timers',
    entry,
    env: {
      AzureWebJobsStorage: connectionString(storage.port),
      AzureFunctionsWebHost__hostid: hostId,
      SCHEDULE: ONCE_A_YEAR,
      EVERY_SECOND: ONCE_A_YEAR,
      AzureFunctionsJobHost__singleton__listenerLockRecoveryPollingInterval: '00:00:01',
      ...env,
    },
  });
  started.push(host);
  return host;
}

function statusBlob(hostId: string, name: string) {
  return container.getBlockBlobClient(`timers/${hostId}/Host.Functions.${name}/status`);
}

async function readStatus(hostId: string, name: string): Promise<Record<string, string>> {
  const { readableStreamBody } = await statusBlob(hostId, name).download();
  return JSON.parse(await text(readableStreamBody as NodeJS.ReadableStream)) as Record<string, string>;
}

async function writeStatus(hostId: string, name: string, status: Record<string, string>): Promise<void> {
  const json = JSON.stringify(status);
  await statusBlob(hostId, name).upload(json, json.length);
}

/** The argument that a function of the fixture printed. */
async function argumentOf(host: HostProcess, name: string, from = 0): Promise<Timer> {
  const [, json = ''] = await host.printed(new RegExp(`${name} (\\{.*\\})`), from);
  return JSON.parse(json) as Timer;
}

/** Waits for the timer's status, which is written when its listener starts. */
async function listening(hostId: string, name: string): Promise<void> {
  while (!(await statusBlob(hostId, name).exists())) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('a timer run on request', () => {
  it('gets its status from the storage', async () => {
    const host = await start('on-request');
    await listening('on-request', 'monitored');

    expect((await host.runNow('monitored')).status).toBe(202);

    expect(await argumentOf(host, 'monitored')).toEqual({
      schedule: { adjustForDST: true },
      scheduleStatus: { last: NEVER, next: nextYear, lastUpdated: expect.stringMatching(/^\d{4}-.*\.\d{7}\+00:00$/) },
      isPastDue: false,
    });
    expect(await readStatus('on-request', 'monitored')).toMatchObject({ Last: NEVER, Next: nextYear });
  });

  it('can overlap a run in progress', async () => {
    const host = await start('overlap');

    await host.runNow('everySecond');
    await host.runNow('everySecond');

    await host.printed(/everySecond begins, 2 running/);
  });
});

describe('a scheduled timer', () => {
  it('never overlaps itself, and has no status if it fires more than once a minute', async () => {
    const host = await start('every-second', { EVERY_SECOND: '* * * * * *' });

    await host.printed(/(everySecond ends[\s\S]*){2}everySecond begins/);

    expect(host.output).not.toContain('2 running');
    expect(host.output).toMatch(/everySecond begins, 1 running, .*"scheduleStatus":null,"isPastDue":false/);
    expect(host.output).toMatch(/Executing 'Functions\.everySecond' \(Reason='Timer fired at \S+\+00:00', Id=/);
  });

  it('fires once at the start if it has missed an occurrence, marked as past due, and then continues on schedule', async () => {
    const last = `${new Date().getUTCFullYear() - 2}-01-01T00:00:00+00:00`;
    const missed = `${new Date().getUTCFullYear() - 1}-01-01T00:00:00+00:00`;
    await writeStatus('missed', 'monitored', { Last: last, Next: missed, LastUpdated: last });

    const host = await start('missed');
    const argument = await argumentOf(host, 'monitored');
    await host.printed(/Executed 'Functions\.monitored' \(Succeeded/);

    expect(argument).toMatchObject({ isPastDue: true, scheduleStatus: { last, next: missed, lastUpdated: last } });
    expect(host.output).toContain(
      `Trigger Details: UnscheduledInvocationReason: IsPastDue, OriginalSchedule: ${missed}`,
    );
    host.child.kill('SIGTERM');
    await host.exited();
    expect(await readStatus('missed', 'monitored')).toMatchObject({ Next: nextYear });
    expect(host.output.match(/Executing 'Functions\.monitored'/g)).toHaveLength(1);
  });

  it('does not count an occurrence of another schedule as missed', async () => {
    const stale = { Last: NEVER, Next: '2020-05-05T05:05:00+00:00', LastUpdated: '2020-05-05T05:00:00+00:00' };
    await writeStatus('changed', 'monitored', stale);

    const host = await start('changed');
    await host.runNow('monitored');

    // Neither of the two possible first occurrences is past due.
    expect((await argumentOf(host, 'monitored')).isPastDue).toBe(false);
    while ((await readStatus('changed', 'monitored'))['Next'] !== nextYear) await host.fetch('/api/ping');
  });

  it('with runOnStartup is in error, because this host does not support it', async () => {
    const host = await start('on-startup');

    expect(host.output).toContain("The 'startup' function is in error: The local functions host supports neither");
  });

  it('releases its lock when its host ends', async () => {
    const lock = container.getBlobClient('locks/released/Host.Functions.monitored.Listener');
    const host = await start('released');
    await listening('released', 'monitored');
    expect((await lock.getProperties()).leaseState).toBe('leased');

    host.child.kill('SIGTERM');

    expect(await host.exited()).toBe(0);
    expect((await lock.getProperties()).leaseState).toBe('available');
  });

  it('fires on only one of several hosts, and on another after that one has ended', async () => {
    const first = await start('shared', { EVERY_SECOND: '* * * * * *' });
    await first.printed(/everySecond begins/);
    const second = await start('shared', { EVERY_SECOND: '* * * * * *' });
    await first.printed(/everySecond ends[\s\S]*everySecond begins/, first.output.length);
    expect(second.output).not.toContain('everySecond begins');

    first.child.kill('SIGTERM');
    expect(await first.exited()).toBe(0);

    await second.printed(/everySecond begins/);
  });
});

describe('a storage', () => {
  it('that is unreachable is logged in one line and retried, while HTTP works', async () => {
    const gate = new Gate(storage.port);
    await gate.listen();
    gate.open = false;

    const host = await start('away', { AzureWebJobsStorage: connectionString(gate.port), EVERY_SECOND: '* * * * * *' });
    await host.printed(
      /The listener for function 'Functions\.everySecond' was unable to start\. Storage: \S+ Trying again\./,
    );
    expect(await (await host.fetch('/api/ping')).text()).toBe('pong');
    // Two timers with two tries each: this number means several attempts.
    await gate.refusals(12);
    gate.open = true;
    await host.printed(/everySecond begins/);

    expect(host.output.match(/'Functions\.everySecond' was unable to start/g)).toHaveLength(1);
    gate.close();
  });

  it('that is not configured disables timers, while HTTP works', async () => {
    const host = await start('none', { AzureWebJobsStorage: '' });

    await host.printed(/'Functions\.monitored' was unable to start\. The app setting AzureWebJobsStorage is missing\./);
    expect((await host.fetch('/api/ping')).status).toBe(200);
  });

  it('is found under AzureWebJobs{name}, and not quoted if it is not a connection string', async () => {
    const host = await start('malformed', { AzureWebJobsStorage: 'AccountKey=c2VjcmV0' });

    await host.printed(/'Functions\.monitored' was unable to start\. The app setting AzureWebJobsStorage is not a/);
    expect(host.output).not.toContain('c2VjcmV0');
  });
});
