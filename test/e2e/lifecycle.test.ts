import { randomUUID } from 'node:crypto';
import { BlobServiceClient } from '@azure/storage-blob';
import { describe, expect, it } from '@jest/globals';
import { Upload } from '../../src/local/cluster/uploader.ts';
import { runNow, startApp, type TestApp, until } from '../support/app.ts';
import { allRows, connection, writeRows } from '../support/tables.ts';

const MINUTE = 60_000;
const longAgo = () => new Date(Date.now() - 20 * MINUTE);

async function abandon({ cluster, tables }: TestApp, count: number): Promise<string[]> {
  await cluster.control.setClockOffset(-20 * MINUTE);
  const uploads = Array.from(
    { length: count },
    () => new Upload(cluster.endpoint, { storeRelativePath: 'App/a.zip', fileSizeBytes: 8, chunkSizeBytes: 4 }),
  );
  for (const one of uploads) await one.uploadChunks(one.chunks.slice(0, 1));
  await cluster.control.setClockOffset(0);
  await writeRows(
    tables.sessions,
    uploads.map(({ sessionId }) => ({ partitionKey: 'default', rowKey: sessionId, lastActivity: longAgo() })),
  );
  return uploads.map(({ sessionId }) => sessionId);
}

describe('a sweep and the lifecycle of its host', () => {
  it('ends when the host shuts down: calls in progress are recorded, the rest stays, the run has the reason', async () => {
    const app = await startApp({ SWEEP_CONCURRENCY: '2' });
    try {
      await abandon(app, 60);
      // 60 sessions of a second each, two at a time, take far longer than the ten seconds that the host waits.
      await app.cluster.control.setFaults([{ operation: 'delete', latencyMs: 1000 }]);
      await runNow(app.url, 'sweepStaleSessions');
      await until(async () => ((await app.cluster.control.log({ operation: 'delete' })).length > 0 ? true : undefined));

      const code = await app.host.stop();

      const [run] = await allRows(app.tables.runs);
      const outcomes = await allRows(app.tables.outcomes);
      const rows = await allRows(app.tables.sessions);
      const gone = (await app.cluster.control.log({ operation: 'delete' })).filter(({ deleted }) => deleted).length;
      expect(code).toBe(0);
      expect(run).toMatchObject({ stoppedBy: 'aborted' });
      expect(gone).toBeGreaterThan(2);
      expect(gone).toBeLessThan(60);
      expect(outcomes).toHaveLength(gone);
      expect(rows).toHaveLength(60 - gone);
      expect(rows.every((row) => row['attempts'] === undefined)).toBe(true);
    } finally {
      await app.close();
    }
  });

  it('records a deletion on request that was in progress when its host shut down', async () => {
    const app = await startApp();
    try {
      const [sessionId] = await abandon(app, 1);
      // Longer than the ten seconds for which the host waits, shorter than those and what it leaves to the app.
      await app.cluster.control.setFaults([{ operation: 'delete', latencyMs: 12_000 }]);
      const answered = fetch(`${app.url}/api/upload-sessions/${sessionId}`, { method: 'DELETE' }).catch(
        () => undefined,
      );
      await until(async () => ((await app.cluster.control.log({ operation: 'delete' })).length > 0 ? true : undefined));

      await app.host.stop();

      await answered;
      expect(await allRows(app.tables.outcomes)).toMatchObject([{ outcome: 'deleted', trigger: 'http' }]);
    } finally {
      await app.close();
    }
  });

  it('logs that it is late if its time was missed while no host ran', async () => {
    const hostId = `late-${randomUUID().slice(0, 8)}`;
    const container = BlobServiceClient.fromConnectionString(connection.connectionString).getContainerClient(
      'azure-webjobs-hosts',
    );
    await container.createIfNotExists();
    const missed = Math.floor(Date.now() / (5 * MINUTE) - 1) * 5 * MINUTE;
    const [last, next] = [missed - 5 * MINUTE, missed].map((at) =>
      new Date(at).toISOString().replace('.000Z', '+00:00'),
    );
    const status = JSON.stringify({ Last: last, Next: next, LastUpdated: last });
    await container
      .getBlockBlobClient(`timers/${hostId}/Host.Functions.sweepStaleSessions/status`)
      .upload(status, status.length);

    const app = await startApp({ AzureFunctionsWebHost__hostid: hostId, SWEEP_SCHEDULE: '0 */5 * * * *' });
    try {
      const log = await until(() => (/Sweep ended/.test(app.host.output()) ? app.host.output() : undefined));

      expect(log).toMatch(/This sweep starts late/);
      expect(await allRows(app.tables.runs)).toMatchObject([{ stoppedBy: 'completed' }]);
    } finally {
      await app.close();
    }
  });

  it.each([
    ['ahead', 10],
    ['behind', -10],
  ])('deletes nothing and fails while the clock of the cluster is %s', async (_, minutes) => {
    const app = await startApp();
    try {
      await abandon(app, 3);
      await app.cluster.control.setClockOffset(minutes * MINUTE);

      const run = await app.sweep();

      expect(run).toMatchObject({ stoppedBy: 'clockSkew', error: expect.stringContaining('clock of the cluster') });
      const deletes = await app.cluster.control.log({ operation: 'delete' });
      expect(deletes.filter(({ deleted }) => deleted)).toEqual([]);
      expect(await allRows(app.tables.sessions)).toHaveLength(3);
    } finally {
      await app.close();
    }
  });

  it('ends with a log line with advice if the storage is unreachable', async () => {
    const away = connection.connectionString.replace(
      /TableEndpoint=http:\/\/127\.0\.0\.1:\d+/,
      'TableEndpoint=http://127.0.0.1:9',
    );
    const app = await startApp({ SESSION_STORAGE: 'Away', Away: away });
    try {
      await runNow(app.url, 'sweepStaleSessions');
      const log = await until(
        () => (/'Functions.sweepStaleSessions' \(Failed/.test(app.host.output()) ? app.host.output() : undefined),
        60_000,
      );

      expect(log.split('\n').filter((line) => line.includes('check SESSION_STORAGE, the '))).toHaveLength(1);
    } finally {
      await app.close();
    }
  }, 90_000);
});
