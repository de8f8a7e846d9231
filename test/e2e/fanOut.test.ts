import { randomUUID } from 'node:crypto';
import { QueueServiceClient } from '@azure/storage-queue';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Child } from '../../src/local/childProcess.ts';
import type { SimulatedCluster } from '../../src/local/cluster/simulatedCluster.ts';
import { Upload } from '../../src/local/cluster/uploader.ts';
import { type ApiHost, startApiHost } from '../support/apiHost.ts';
import { runNow, startHost, tableSettings, until } from '../support/app.ts';
import { allRows, connection, type TestTables } from '../support/tables.ts';

const MINUTE = 60_000;
const HEX = [...'0123456789abcdef'];
/** After how many seconds the message of a killed host becomes visible. */
const SHORT_LEASE = ['--queue-lease', '2'];

const queues = QueueServiceClient.fromConnectionString(connection.connectionString);
const hosts: Child[] = [];
let main: ApiHost | undefined;

afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.stop()));
  await main?.stop();
  main = undefined;
});

/** The app with 16 shards and its own queue; `more` starts further hosts with the same settings. */
async function start(settings: Record<string, string> = {}) {
  const queue = queues.getQueueClient(`sweeps-${randomUUID().slice(0, 8)}`);
  const own: Record<string, string> = {
    SESSION_SHARDS: '16',
    SWEEP_FAN_OUT: 'true',
    SWEEP_QUEUE: queue.name,
    AzureFunctionsJobHost__extensions__queues__maxPollingInterval: '00:00:00.2',
    AzureFunctionsJobHost__extensions__queues__visibilityTimeout: '00:00:00',
    ...settings,
  };
  const app = await startApiHost(own, SHORT_LEASE);
  main = app;
  const all = { ...own, ...tableSettings(app.tables), CLUSTER_ENDPOINTS: app.cluster.endpoint };
  const more = async () => {
    const host = await startHost(all, SHORT_LEASE);
    hosts.push(host);
    return host;
  };
  return { app, queue, more };
}

/** Abandons this number of uploads in each partition, and registers them. @returns their ids */
async function abandon(cluster: SimulatedCluster, tables: TestTables, each: number, digits = HEX): Promise<string[]> {
  await cluster.control.setClockOffset(-20 * MINUTE);
  const uploads = digits.flatMap((digit) =>
    Array.from({ length: each }, () => {
      const sessionId = `${digit}${randomUUID().slice(1)}`;
      return new Upload(cluster.endpoint, {
        storeRelativePath: 'a.zip',
        fileSizeBytes: 8,
        chunkSizeBytes: 4,
        sessionId,
      });
    }),
  );
  await Promise.all(uploads.map((one) => one.uploadChunks(one.chunks.slice(0, 1))));
  await cluster.control.setClockOffset(0);
  await tables.sessions.createTable();
  const lastActivity = new Date(Date.now() - 20 * MINUTE);
  const ids = uploads.map(({ sessionId }) => sessionId);
  await Promise.all(
    ids.map((rowKey) => tables.sessions.createEntity({ partitionKey: `default~${rowKey[0]}`, rowKey, lastActivity })),
  );
  return ids;
}

/** Runs the timer, and waits until it has put the parts on the queue. @returns the sweep's id */
async function fanOut(app: ApiHost): Promise<string> {
  const printed = await app.runTimer('sweepStaleSessions');
  return /Sweep ended: fannedOut\. .*"sweepId":"([^"]+)"/.exec(printed)?.[1] ?? `no fan-out: ${printed}`;
}

/** Waits until all parts have ended. */
const overviewOf = (app: ApiHost, sweepId: string, isWanted = (body: ApiBody) => body['stoppedBy'] !== undefined) =>
  until(async () => {
    const { body } = await app.ask('GET', `/sweeps/${sweepId}`);
    return isWanted(body) ? body : undefined;
  }, 25_000);
type ApiBody = Record<string, unknown>;

const outcomes = async ({ tables }: ApiHost) =>
  (await allRows(tables.outcomes)).map(({ sessionId, outcome }) => ({ sessionId: String(sessionId), outcome }));

const count = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].length;

/** Waits until the queue is empty, including invisible messages. */
const emptied = (name: string) =>
  until(async () => {
    const { approximateMessagesCount } = await queues.getQueueClient(name).getProperties();
    return approximateMessagesCount === 0 ? true : undefined;
  });

const message = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64');

const part = (partition = 'default~a') => ({
  version: 1,
  sweepId: randomUUID(),
  partition,
  requestedAt: new Date().toISOString(),
});

describe('a sweep that is fanned out', () => {
  it('sweeps every partition, and its runs can be read as one sweep', async () => {
    const { app, queue } = await start();
    const ids = await abandon(app.cluster, app.tables, 3);

    const sweepId = await fanOut(app);
    const sweep = await overviewOf(app, sweepId);

    expect(sweep).toMatchObject({
      sweepId,
      trigger: 'timer',
      parts: { expected: 16, ended: 16, completed: 16 },
      scanned: 48,
      outcomes: { deleted: 48, failed: 0 },
      bytesFreed: 48 * 4,
      stoppedBy: 'completed',
    });
    const runs = sweep['runs'] as Record<string, unknown>[];
    expect(runs.map(({ partition }) => partition).sort()).toEqual([
      ...HEX.map((digit) => `default~${digit}`),
      undefined,
    ]);
    expect(runs.map(({ trigger }) => trigger)).toEqual([...HEX.map(() => 'queue'), 'timer']);
    expect(new Set(runs.map((run) => run['sweepId']))).toEqual(new Set([sweepId]));
    expect((await app.ask('GET', `/runs?sweepId=${sweepId}&limit=20`)).body['items']).toEqual(runs);
    const { runs: _, ...sums } = sweep;
    expect((await app.ask('GET', '/sweeps')).body['items']).toEqual([sums]);
    expect(new Set((await outcomes(app)).map(({ sessionId }) => sessionId))).toEqual(new Set(ids));
    expect((await allRows(app.tables.outcomes)).every(({ trigger }) => trigger === 'queue')).toBe(true);
    expect(await allRows(app.tables.sessions)).toEqual([]);
    await emptied(queue.name);
  });

  it('is shared by two hosts, and if one of them is killed the other does its part as well', async () => {
    const { app, more } = await start({ SWEEP_CONCURRENCY: '2' });
    const doomed = await more();
    const ids = await abandon(app.cluster, app.tables, 4);
    await app.cluster.control.setFaults([{ operation: 'delete', latencyMs: 100 }]);

    const sweepId = await fanOut(app);
    // In the middle: it has begun a second part, and the first host has begun a part as well.
    await until(() => (count(doomed.output(), /Executing 'Functions\.sweepPartition'/g) > 1 ? true : undefined));
    await doomed.kill();
    const sweep = await overviewOf(app, sweepId);

    expect(count(doomed.output(), /Executed 'Functions\.sweepPartition' \(Succeeded/g)).toBeGreaterThan(0);
    expect(app.output()).toMatch(/Executing 'Functions\.sweepPartition'[\s\S]*DequeueCount: 2/);
    expect(sweep).toMatchObject({ parts: { expected: 16, ended: 16, completed: 16 }, stoppedBy: 'completed' });
    expect(await app.cluster.control.sessions()).toEqual([]);
    expect(await allRows(app.tables.sessions)).toEqual([]);
    expect(new Set((await outcomes(app)).map(({ sessionId }) => sessionId))).toEqual(new Set(ids));
  });

  it('returns a part to the queue if its host shuts down, and another host completes it', async () => {
    const { app, queue, more } = await start({ SWEEP_CONCURRENCY: '2' });
    const ids = await abandon(app.cluster, app.tables, 60, ['a']);
    // 30 seconds for all sessions, but a host waits only ten.
    await app.cluster.control.setFaults([{ operation: 'delete', latencyMs: 1000 }]);
    const asked = part();
    await queue.createIfNotExists();
    await queue.sendMessage(message(asked));
    await until(async () => ((await app.cluster.control.log({ operation: 'delete' })).length > 0 ? true : undefined));

    const stopping = app.host.stop();
    await until(() => (/"stoppedBy":"aborted"/.test(app.output()) ? true : undefined), 20_000);
    await app.cluster.control.clearFaults();
    const code = await stopping;
    const left = (await allRows(app.tables.sessions)).length;
    await more();
    await emptied(queue.name);

    const runs = (await allRows(app.tables.runs)).map(({ sweepId, stoppedBy }) => ({ sweepId, stoppedBy }));
    expect(code).toBe(0);
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(60);
    expect(runs).toEqual([
      { sweepId: asked.sweepId, stoppedBy: 'completed' },
      { sweepId: asked.sweepId, stoppedBy: 'aborted' },
    ]);
    expect((await outcomes(app)).map(({ sessionId }) => sessionId).sort()).toEqual([...ids].sort());
    expect(await allRows(app.tables.sessions)).toEqual([]);
  }, 60_000);

  it('does no harm if a message is delivered twice, or late', async () => {
    const { app, queue } = await start();
    const ids = await abandon(app.cluster, app.tables, 5, ['a']);
    const asked = part();
    await queue.createIfNotExists();

    for (const one of [asked, asked, { ...part(), requestedAt: '2026-11-22T10:00:00.1234567+01:00' }]) {
      await queue.sendMessage(message(one));
    }
    await emptied(queue.name);

    expect(await allRows(app.tables.runs)).toHaveLength(1);
    expect((await outcomes(app)).map((one) => one.outcome)).toEqual(ids.map(() => 'deleted'));
    const log = app.output();
    expect(count(log, /No action: this partition was swept after the message was sent\./g)).toBe(2);
    expect(count(log, /Executed 'Functions\.sweepPartition' \(Succeeded/g)).toBe(3);
  });

  it.each([
    ['accessDenied', { status: 403 }],
    ['clusterUnavailable', { status: 503, code: 'FABRIC_E_NO_WRITE_QUORUM' }],
  ])('is not begun on such a cluster, and fails visibly once: %s', async (stoppedBy, answer) => {
    const { app } = await start();
    await abandon(app.cluster, app.tables, 2, HEX.slice(0, 12));
    await app.cluster.control.setFaults([{ answer }]);
    const before = (await app.cluster.control.log({})).length;

    const printed = await app.runTimer('sweepStaleSessions');

    expect(printed).toMatch(new RegExp(`Sweep ended: ${stoppedBy}\\.`));
    expect(printed).toMatch(/Executed 'Functions\.sweepStaleSessions' \(Failed/);
    // Only the three tries of the probe: no other instance was started.
    expect((await app.cluster.control.log({})).length - before).toBe(3);
    expect(await allRows(app.tables.runs)).toMatchObject([{ stoppedBy, error: expect.stringMatching(/./) }]);
    await app.cluster.control.clearFaults();
    const next = await overviewOf(app, await fanOut(app));
    expect(next).toMatchObject({ stoppedBy: 'completed', outcomes: { failed: 0 } });
  });
});

describe('messages that cannot be processed', () => {
  it('fail five times each, and are reported in the log and as runs of their sweep', async () => {
    const { app, queue } = await start();
    const stranger = part('another-a');
    const texts = [
      Buffer.from('what is it?').toString('base64'),
      message([part()]),
      message({ ...part(), version: 2 }),
      message({ ...part(), requestedAt: 'soon' }),
      message({ version: 1, id: {}, sys: [], sweepId: null }),
      message({ ...part(), partition: 'x'.repeat(40_000) }),
      message(stranger),
    ];
    await Promise.all([queue.createIfNotExists(), app.tables.runs.createTable()]);

    for (const text of texts) await queue.sendMessage(text);
    const runs = await until(async () => {
      const rows = await allRows(app.tables.runs);
      return rows.length === texts.length ? rows : undefined;
    });
    await emptied(`${queue.name}-poison`);

    const errors = runs.map(({ error }) => String(error));
    for (const fault of [
      /it is not a JSON object/,
      /its version must be 1/,
      /its requestedAt must be an ISO 8601 time/,
      /its sweepId must be a GUID/,
      /its partition must be the name of a session partition/,
      /See the log of sweepPartition/,
    ]) {
      expect(errors.some((error) => fault.test(error))).toBe(true);
    }
    expect(runs.every((run) => run['stoppedBy'] === 'error' && run['trigger'] === 'queue')).toBe(true);
    const own = (await app.ask('GET', `/runs?sweepId=${stranger.sweepId}`)).body['items'];
    expect(own).toMatchObject([{ partition: 'another-a', stoppedBy: 'error' }]);
    const log = app.output();
    expect(count(log, /Executed 'Functions\.sweepPartition' \(Failed/g)).toBe(5 * texts.length);
    expect(count(log, /Message has reached MaxDequeueCount of 5\. Moving message to queue '\S+-poison'\./g)).toBe(
      texts.length,
    );
    expect(count(log, /A part of a sweep was lost\. .* No session is lost: the next sweep cleans up/g)).toBe(
      texts.length,
    );
    expect(count(log, /Executed 'Functions\.reportPoisonedSweep' \(Succeeded/g)).toBe(texts.length);
    expect(log).toMatch(/names a session partition that does not match CLUSTER_NAME and SESSION_SHARDS/);
  });
});

describe('a sweep that is not fanned out', () => {
  it('puts nothing on the queue, although its functions are registered', async () => {
    const { app, queue } = await start({ SWEEP_FAN_OUT: 'false' });
    await abandon(app.cluster, app.tables, 1);

    const printed = await app.runTimer('sweepStaleSessions');

    expect(printed).toMatch(/Sweep ended: completed\. .*"deleted":16/);
    expect(await queue.exists()).toBe(false);
    expect(app.output()).toMatch(new RegExp(`sweepPartition: queueTrigger ${queue.name}\n`));
    expect(app.output()).toMatch(new RegExp(`reportPoisonedSweep: queueTrigger ${queue.name}-poison\n`));
  });

  it('fails its invocation if the parts cannot be put on the queue', async () => {
    const away = connection.connectionString.replace(
      /QueueEndpoint=http:\/\/127\.0\.0\.1:\d+/,
      'QueueEndpoint=http://127.0.0.1:9',
    );
    const { app } = await start({
      AzureWebJobsStorage: away,
      SESSION_STORAGE: 'Own',
      Own: connection.connectionString,
    });

    await runNow(app.address, 'sweepStaleSessions');
    await until(() => (/Executed 'Functions\.sweepStaleSessions' \(Failed/.test(app.output()) ? true : undefined));

    expect(await allRows(app.tables.runs)).toMatchObject([{ stoppedBy: 'fannedOut', parts: 16 }]);
  });
});
