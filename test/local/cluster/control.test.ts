import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type SimulatedCluster, startSimulatedCluster } from '../../../src/local/cluster/simulatedCluster.ts';
import { Upload } from '../../../src/local/cluster/uploader.ts';
import { ask, askRaw, deletePath, getPath, until } from './ask.ts';

const ID = '6f9619ff-8b86-d011-b42d-00c04fc964ff';

let cluster: SimulatedCluster;

beforeAll(async () => {
  cluster = await startSimulatedCluster({ logCapacity: 10 });
});

afterAll(() => cluster.close());

describe('the request log', () => {
  it('contains the request, its time and its answer', async () => {
    await cluster.control.setClockOffset(60_000);
    const before = Date.now();
    const headers = { 'X-ServiceFabricRequestId': 'abc', ClusterId: 'def' };

    await ask(cluster.endpoint, 'DELETE', `${deletePath(ID.toUpperCase())}&timeout=30`, { headers });
    await cluster.control.setClockOffset(0);
    const [request] = await cluster.control.log();

    expect(request).toEqual({
      sequence: expect.any(Number),
      arrivedAt: expect.any(Number),
      arrivedAtWallClock: expect.any(Number),
      performedAt: expect.any(Number),
      answeredAtWallClock: expect.any(Number),
      operation: 'delete',
      method: 'DELETE',
      sessionId: ID,
      requestId: 'abc',
      clusterId: 'def',
      timeoutSeconds: 30,
      applied: true,
      status: 404,
      code: 'NotFound',
      deleted: false,
      bytesFreed: 0,
    });
    expect(request?.arrivedAtWallClock).toBeGreaterThanOrEqual(before);
    expect((request?.arrivedAt ?? 0) - (request?.arrivedAtWallClock ?? 0)).toBeGreaterThan(59_000);
  });

  it('is read in pages, and continues its numbers after it is cleared', async () => {
    await cluster.control.clearLog();
    for (let count = 0; count < 5; count += 1) await ask(cluster.endpoint, 'GET', getPath(ID));

    const first = await cluster.control.logPage({ limit: 2 });
    const second = await cluster.control.logPage({ limit: 2, since: first.next });
    const whole = await cluster.control.log({ limit: 2 });
    await cluster.control.clearLog();
    await ask(cluster.endpoint, 'GET', getPath(ID));
    const after = await cluster.control.log();

    expect([first.requests.length, first.more, second.requests.length, whole.length]).toEqual([2, true, 2, 5]);
    expect(second.requests[0]?.sequence).toBe((first.requests[1]?.sequence ?? 0) + 1);
    expect(after.map((request) => request.sequence)).toEqual([(whole[4]?.sequence ?? 0) + 1]);
  });

  it('keeps the last requests only', async () => {
    await cluster.control.clearLog();
    for (let count = 0; count < 25; count += 1) await ask(cluster.endpoint, 'GET', getPath(ID));

    const sequences = (await cluster.control.log()).map((request) => request.sequence);

    expect(sequences.length).toBe(10);
    expect((sequences[9] ?? 0) - (sequences[0] ?? 0)).toBe(9);
  });

  it('can be filtered by operation and session', async () => {
    await cluster.control.clearLog();
    await ask(cluster.endpoint, 'GET', getPath(ID));
    await ask(cluster.endpoint, 'DELETE', deletePath(ID));
    await ask(cluster.endpoint, 'GET', '/nonsense');

    const deletes = await cluster.control.log({ operation: 'delete' });
    const ofSession = await cluster.control.log({ sessionId: ID.toUpperCase() });
    const unknown = await cluster.control.log({ operation: 'unknown' });

    expect([deletes.length, ofSession.length, unknown.length]).toEqual([1, 2, 1]);
  });
});

describe('the control listener', () => {
  it.each([
    ['GET', '/nonsense', '', 404],
    ['DELETE', '/status', '', 404],
    ['POST', '/clock', '{"advanceMs":-1}', 400],
    ['POST', '/clock', '{}', 400],
    ['POST', '/clock', 'advance', 400],
    ['PUT', '/behaviour', '{"linux":"yes"}', 400],
    ['PUT', '/behaviour', '[]', 400],
    ['PUT', '/behaviour', '{"capacityBytes":1e300}', 400],
    ['GET', '/log?since=99999999999999999999', '', 400],
    ['GET', '/log?limit=0', '', 400],
    ['GET', '/log?operation=remove', '', 400],
  ])('rejects %s %s %s', async (method, path, body, status) => {
    const answer = await ask(cluster.controlEndpoint, method, path, { body });

    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toEqual({ error: expect.any(String) });
  });

  it('reports the state of the cluster', async () => {
    const status = await cluster.control.status();

    expect(status).toMatchObject({ endpoint: cluster.endpoint, folder: cluster.folder, clusterId: null, linux: false });
    expect(status.connections.peak).toBeGreaterThan(0);
  });

  it('makes time pass, in addition to real time', async () => {
    const before = await cluster.control.setClockOffset(0);
    const after = await cluster.control.advanceClock(3_600_000);
    await cluster.control.setClockOffset(0);

    expect(after.offsetMs - before.offsetMs).toBe(3_600_000);
    expect(after.now - before.now).toBeGreaterThanOrEqual(3_600_000);
  });
});

describe('start and end', () => {
  it('closes with open connections, and removes its temporary folder', async () => {
    const other = await startSimulatedCluster();
    await other.control.addFault({ operation: 'delete', connection: 'noAnswer' });
    const ofDeaf = askRaw(other.endpoint, `DELETE ${deletePath(ID)} HTTP/1.1\r\nHost: x\r\n\r\n`);
    const ofIdle = askRaw(other.endpoint, `GET ${getPath(ID)} HTTP/1.1\r\nHost: x\r\n\r\n`);
    await until(async () => (await other.control.log()).length === 2);

    await other.close();

    expect(await ofDeaf).toBe('');
    expect(await ofIdle).toMatch(/^HTTP\/1\.1 204 /);
    expect(existsSync(other.folder)).toBe(false);
  });

  it('keeps a given folder and its committed files, but no chunks of an earlier run', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cluster-test-'));
    const first = await startSimulatedCluster({ folder });
    const committed = new Upload(first.endpoint, { storeRelativePath: 'a.zip', fileSizeBytes: 10 });
    await committed.uploadChunks();
    await committed.commit();
    await new Upload(first.endpoint, { storeRelativePath: 'b.zip', fileSizeBytes: 10 }).uploadChunks();
    await first.close();
    await writeFile(join(folder, 'notes.txt'), 'not ours');

    const second = await startSimulatedCluster({ folder });
    const disk = await second.control.disk();
    await second.close();

    const left = await readdir(folder);
    await rm(folder, { recursive: true });
    expect(disk).toEqual({ staging: { bytes: 0, files: 0 }, store: { bytes: 10, files: 1 } });
    expect(left.toSorted()).toEqual(['notes.txt', 'staging', 'store']);
  });

  it('fails if a port is in use, and leaves nothing behind', async () => {
    const taken = Number(new URL(cluster.endpoint).port);
    const free = await freePort();

    await expect(startSimulatedCluster({ port: taken })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await expect(startSimulatedCluster({ port: free, controlPort: taken })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });

    await expect(ask(`http://127.0.0.1:${free}`, 'GET', '/')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

describe('sessions that are created by the control listener', () => {
  it('exist with their age, and are deleted like any other', async () => {
    const made = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'];
    await cluster.control.clearLog();

    await cluster.control.addSessions(made, 20 * 60_000);
    const known = await cluster.control.sessions();
    const deleted = await ask(cluster.endpoint, 'DELETE', deletePath(made[0] ?? ''));
    const status = await cluster.control.status();

    expect(known.map(({ sessionId }) => sessionId)).toEqual(expect.arrayContaining(made));
    const ageMs = status.clock.now - (known.find(({ sessionId }) => sessionId === made[0])?.modifiedAt ?? 0);
    expect(Math.round(ageMs / 60_000)).toBe(20);
    expect(deleted.status).toBe(200);
    expect(status.sessions).toBe(known.length - 1);
    expect(status.requests).toEqual({ delete: 1 });
  });
});
