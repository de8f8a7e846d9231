import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Upload } from '../../src/local/cluster/uploader.ts';
import { startApp, type TestApp, until } from '../support/app.ts';
import { allRows, writeRows } from '../support/tables.ts';

const MINUTE = 60_000;
const longAgo = () => new Date(Date.now() - 20 * MINUTE);

let app: TestApp;

beforeAll(async () => {
  app = await startApp({ CLUSTER_TIMEOUT: '2' });
  await app.tables.sessions.createTable();
});
afterAll(() => app.close());
beforeEach(async () => {
  await app.cluster.control.clearFaults();
  await app.cluster.control.setLinux(false);
  for (const { partitionKey = '', rowKey = '' } of await allRows(app.tables.sessions)) {
    await app.tables.sessions.deleteEntity(partitionKey, rowKey);
  }
});

/** Uploads of 20 minutes ago with all chunks but the last. */
async function abandon(count: number): Promise<Upload[]> {
  await app.cluster.control.setClockOffset(-20 * MINUTE);
  const uploads = Array.from(
    { length: count },
    () => new Upload(app.cluster.endpoint, { storeRelativePath: 'App/a.zip', fileSizeBytes: 12, chunkSizeBytes: 4 }),
  );
  for (const one of uploads) await one.uploadChunks(one.chunks.slice(0, 2));
  await app.cluster.control.setClockOffset(0);
  return uploads;
}

const register = (ids: string[], columns: object = { lastActivity: longAgo() }) =>
  writeRows(
    app.tables.sessions,
    ids.map((rowKey) => ({ partitionKey: 'default', rowKey, ...columns })),
  );

const outcomeOf = async (id: string) =>
  (await allRows(app.tables.outcomes)).find((one) => one['sessionId'] === id)?.['outcome'];

describe('the scheduled sweep', () => {
  it('deletes abandoned sessions, keeps active ones, records both and frees the disk', async () => {
    const [dead, alive] = (await abandon(2)) as [Upload, Upload];
    await alive.uploadChunk({ start: 8, end: 9 });
    const unknown = randomUUID();
    await register([dead.sessionId, alive.sessionId, unknown, 'no-guid']);
    const before = (await app.cluster.control.disk()).staging.bytes;

    const run = await app.sweep();

    expect(run).toMatchObject({
      stoppedBy: 'completed',
      deleted: 1,
      active: 1,
      notFound: 1,
      invalid: 1,
      bytesFreed: 8n,
    });
    expect(await Promise.all([dead.sessionId, alive.sessionId, unknown, 'no-guid'].map(outcomeOf))).toEqual([
      'deleted',
      'active',
      'notFound',
      'invalid',
    ]);
    expect(before - (await app.cluster.control.disk()).staging.bytes).toBe(8);
    const rows = await allRows(app.tables.sessions);
    expect(rows.map(({ rowKey }) => rowKey).sort()).toEqual([alive.sessionId, 'no-guid'].sort());
  });

  it('never cancels an upload in progress: chunks and commits continue while sweeps run', async () => {
    const uploads = await abandon(12);
    await register(uploads.map(({ sessionId }) => sessionId));
    await Promise.all(uploads.map((one) => one.uploadChunk({ start: 8, end: 8 })));
    let sweeping = true;

    const uploading = Promise.all(
      uploads.map(async (one, n) => {
        await wait(n * 30);
        for (const byte of [9, 10, 11]) {
          await one.uploadChunk({ start: byte, end: byte });
          await wait(20);
        }
        await one.commit();
      }),
    ).finally(() => {
      sweeping = false;
    });
    while (sweeping) await app.sweep();
    await uploading;

    expect(
      (await app.cluster.control.log({ operation: 'delete' })).filter(
        ({ sessionId }) => sessionId && uploads.some((one) => one.sessionId === sessionId),
      ),
    ).toEqual([]);
    expect((await app.cluster.control.disk()).store.files).toBeGreaterThan(0);
  });

  it('can run at the same time as another sweep, and both complete', async () => {
    const uploads = await abandon(40);
    await register(uploads.map(({ sessionId }) => sessionId));

    const runs = await Promise.all([app.sweep(), app.sweep()]);
    await until(async () => ((await allRows(app.tables.sessions)).length === 0 ? true : undefined));

    expect(runs.map((run) => run['stoppedBy'])).toEqual(['completed', 'completed']);
    const outcomes = await allRows(app.tables.outcomes);
    for (const { sessionId } of uploads) {
      const own = outcomes.filter((one) => one['sessionId'] === sessionId).map((one) => one['outcome']);
      expect(own.filter((one) => one === 'deleted')).toHaveLength(1);
      expect(own.every((one) => one === 'deleted' || one === 'notFound')).toBe(true);
    }
  });

  it.each([
    ['accessDenied', { answer: { status: 403 } }, /Check CLUSTER_AUTH/],
    ['clusterUnavailable', { connection: 'breakBeforeAnswer' as const }, /Check CLUSTER_ENDPOINTS/],
  ])('fails its invocation with a log line with advice: %s', async (stoppedBy, fault, advice) => {
    const ids = Array.from({ length: 6 }, () => randomUUID());
    await register(ids);
    await app.cluster.control.setFaults([{ ...fault }]);

    const run = await app.sweep();

    expect(run).toMatchObject({ stoppedBy, error: expect.any(String) });
    const log = await until(() =>
      app.host.output().includes(`The sweep was stopped (${stoppedBy})`) ? app.host.output() : undefined,
    );
    expect(log.split('\n').find((line) => line.includes(`Sweep ended: ${stoppedBy}.`))).toMatch(advice);
    expect(log).toMatch(/Executed 'Functions.sweepStaleSessions' \(Failed/);
  });

  it('stops on a cluster without upload sessions, and charges no session', async () => {
    await app.cluster.control.setLinux(true);
    const ids = Array.from({ length: 6 }, () => randomUUID());
    await register(ids);
    // The log may still contain the probe of the sweep before, after an outage.
    await app.tables.runs.createEntity({ partitionKey: 'default', rowKey: '0', stoppedBy: 'completed' });

    const run = await app.sweep();
    await app.tables.runs.deleteEntity('default', '0');

    expect((await allRows(app.tables.runs)).filter(({ stoppedBy }) => stoppedBy === 'unsupportedCluster')).toHaveLength(
      1,
    );
    expect(run).toBeDefined();
    expect((await allRows(app.tables.sessions)).every((one) => one['attempts'] === undefined)).toBe(true);
  });

  it('logs one line for a run that completed, and none for its sessions', async () => {
    const [upload] = (await abandon(1)) as [Upload];
    await register([upload.sessionId]);

    const run = await app.sweep();
    const runId = String(run['runId']);

    const lines = await until(() => {
      const own = app.host
        .output()
        .split('\n')
        .filter((line) => line.includes(`"runId":"${runId}"`));
      return own.length > 0 ? own : undefined;
    });
    expect(lines).toHaveLength(1);
    expect(app.host.output()).not.toContain(upload.sessionId);
  });
});
