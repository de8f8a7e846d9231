import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type SimulatedCluster, startSimulatedCluster } from '../../../src/local/cluster/simulatedCluster.ts';
import { Upload } from '../../../src/local/cluster/uploader.ts';
import {
  type Answer,
  ask,
  chunkPath,
  codeOf,
  commitPath,
  deletePath,
  getPath,
  sendChunk,
  sessionsIn,
  until,
} from './ask.ts';

const ID = '6f9619ff-8b86-d011-b42d-00c04fc964ff';
const MINUTE_MS = 60_000;
const NOTHING = { bytes: 0, files: 0 };

let cluster: SimulatedCluster;

beforeAll(async () => {
  cluster = await startSimulatedCluster();
});

beforeEach(async () => {
  await cluster.control.failOver();
  await cluster.control.setCommitDelayPerChunk(0);
  await cluster.control.clearLog();
});

afterAll(() => cluster.close());

const get = (sessionId: string) => ask(cluster.endpoint, 'GET', getPath(sessionId));
const del = (sessionId: string) => ask(cluster.endpoint, 'DELETE', deletePath(sessionId));
const commit = (sessionId: string) => ask(cluster.endpoint, 'POST', commitPath(sessionId));
const put = (range: string, bytes: number, path = 'a.zip', id = ID) =>
  sendChunk(cluster.endpoint, chunkPath(path, id), range, bytes);
const statusAndCode = (answer: Answer) => [answer.status, codeOf(answer)];

describe('uploading', () => {
  it('creates a session with the first chunk, and describes it with 64-bit numbers as strings', async () => {
    const before = Date.now();
    const uploaded = await put('bytes 10-19/40', 10, 'App/Code/a%20b.zip');

    const answer = await get(ID);
    const [session] = sessionsIn(answer);

    expect([uploaded.status, uploaded.body, answer.status]).toEqual([200, '', 200]);
    expect(session).toEqual({
      StoreRelativePath: 'App/Code/a b.zip',
      SessionId: ID,
      FileSize: '40',
      ModifiedDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      ExpectedRanges: [
        { StartPosition: '0', EndPosition: '9' },
        { StartPosition: '20', EndPosition: '39' },
      ],
    });
    expect(Date.parse(session?.ModifiedDate ?? '')).toBeGreaterThanOrEqual(before);
  });

  it('keeps the chunks as files, in any order', async () => {
    await put('bytes 30-39/40', 10);
    await put('bytes 0-9/40', 10);
    await put('bytes 10-29/40', 20);

    const [session] = sessionsIn(await get(ID));
    const { staging } = await cluster.control.disk();

    expect(session?.ExpectedRanges).toEqual([]);
    expect(staging).toEqual({ bytes: 40, files: 3 });
  });

  it.each([
    ['no Content-Range', ''],
    ['another unit', 'items 0-9/40'],
    ['no unit', '0-9/40'],
    ['no size', 'bytes 0-9'],
    ['an unknown size', 'bytes 0-9/*'],
    ['a negative start', 'bytes -1-9/40'],
    ['the end before the start', 'bytes 9-0/40'],
    ['an end behind the file', 'bytes 31-40/40'],
    ['a size beyond 64 bits', 'bytes 0-9/99999999999999999999'],
    ['more bytes said than sent', 'bytes 0-10/40'],
    ['fewer bytes said than sent', 'bytes 0-8/40'],
  ])('rejects a chunk with %s, without creating a session', async (_what, range) => {
    const answer = await put(range, 10);

    expect(statusAndCode(answer)).toEqual([400, 'FABRIC_E_UPLOAD_SESSION_RANGE_NOT_SATISFIABLE']);
    expect(await cluster.control.sessions()).toEqual([]);
    expect((await cluster.control.disk()).staging).toEqual(NOTHING);
  });

  it('rejects a range that is not missing, without changing the last activity', async () => {
    await put('bytes 10-19/40', 10);
    const [before] = sessionsIn(await get(ID));

    const answers = [
      await put('bytes 10-19/40', 10),
      await put('bytes 5-14/40', 10),
      await put('bytes 0-39/40', 40),
      await put('bytes 12-15/40', 4),
    ];

    expect(answers.map(statusAndCode)).toEqual(
      answers.map(() => [400, 'FABRIC_E_UPLOAD_SESSION_RANGE_NOT_SATISFIABLE']),
    );
    expect(sessionsIn(await get(ID))).toEqual([before]);
    expect((await cluster.control.disk()).staging).toEqual({ bytes: 10, files: 1 });
  });

  it('rejects the same session id for another path with 409, and for another size with 400', async () => {
    await put('bytes 0-9/40', 10, 'a.zip');

    const otherPath = await put('bytes 10-19/40', 10, 'b.zip');
    const otherSize = await put('bytes 10-19/50', 10, 'a.zip');

    expect(statusAndCode(otherPath)).toEqual([409, 'FABRIC_E_UPLOAD_SESSION_ID_CONFLICT']);
    expect(statusAndCode(otherSize)).toEqual([400, 'E_INVALIDARG']);
  });

  it('accepts only one of two equal chunks that are sent at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => put('bytes 0-9/40', 10)));

    expect(answers.map((answer) => answer.status).toSorted()).toEqual([200, 400, 400, 400, 400, 400, 400, 400]);
    expect((await cluster.control.disk()).staging).toEqual({ bytes: 10, files: 1 });
  });

  it.each(['..%2Fout.zip', 'a/../b.zip', 'a%00b', 'C:%5Cwindows', '%zz', 'a%2F%2Fb', 'x'.repeat(300)])(
    'refuses the path %s',
    async (path) => {
      expect(statusAndCode(await put('bytes 0-9/10', 10, path))).toEqual([400, 'E_INVALIDARG']);
    },
  );

  it('drops a chunk if the connection breaks', async () => {
    const gone = new AbortController();
    const headers = { 'Content-Range': 'bytes 0-99/100', 'Content-Length': '100' };
    const asked = ask(cluster.endpoint, 'PUT', chunkPath('a.zip', ID), { headers, body: 'half', signal: gone.signal });
    await until(async () => (await cluster.control.log()).length > 0);
    gone.abort();

    await expect(asked).rejects.toThrow();
    await until(async () => (await cluster.control.disk()).staging.files === 0);
    expect(await cluster.control.sessions()).toEqual([]);
  });
});

describe('getting sessions by path', () => {
  it('finds the sessions of exactly that path', async () => {
    const other = '7f9619ff-8b86-d011-b42d-00c04fc964ff';
    await put('bytes 0-9/40', 10, 'App/a.zip', ID);
    await put('bytes 0-9/30', 10, 'App/a.zip', other);
    await put('bytes 0-9/30', 10, 'App/a.zip.old', '8f9619ff-8b86-d011-b42d-00c04fc964ff');

    const answer = await ask(cluster.endpoint, 'GET', '/ImageStore/App/a.zip/$/GetUploadSession?api-version=6.0');
    const prefix = await ask(cluster.endpoint, 'GET', '/ImageStore/App/$/GetUploadSession?api-version=6.0');

    expect(sessionsIn(answer).map((session) => session.SessionId)).toEqual([ID, other]);
    expect(prefix.status).toBe(204);
  });
});

describe('deleting', () => {
  it('frees the bytes of the staged chunks, and does not find the session a second time', async () => {
    const upload = new Upload(cluster.endpoint, {
      storeRelativePath: 'a.zip',
      fileSizeBytes: 5_000,
      chunkSizeBytes: 1_000,
    });
    await upload.uploadChunks(upload.chunks.slice(0, 3));
    const before = await cluster.control.disk();

    const first = await del(upload.sessionId);
    const second = await del(upload.sessionId);

    expect(before.staging).toEqual({ bytes: 3_000, files: 3 });
    expect([first.status, first.body]).toEqual([200, '']);
    expect(statusAndCode(second)).toEqual([404, 'NotFound']);
    expect((await cluster.control.disk()).staging).toEqual(NOTHING);
  });

  it('is logged with the last chunk and the freed bytes', async () => {
    await put('bytes 0-9/40', 10);
    const [session] = await cluster.control.sessions();
    await del(ID);
    await del(ID);

    const [first, second] = await cluster.control.log({ operation: 'delete' });

    expect(first).toMatchObject({ deleted: true, bytesFreed: 10, modifiedAt: session?.modifiedAt, status: 200 });
    expect(second).toMatchObject({ deleted: false, bytesFreed: 0, status: 404, code: 'NotFound' });
    expect(second).not.toHaveProperty('modifiedAt');
  });
});

describe('committing', () => {
  it('joins the chunks in order into a file of the store, and the session stays with its staged chunks', async () => {
    await put('bytes 4-7/8', 4, 'App/Code/a.zip');
    await ask(cluster.endpoint, 'PUT', chunkPath('App/Code/a.zip', ID), {
      headers: { 'Content-Range': 'bytes 0-3/8' },
      body: 'abcd',
    });

    const committed = await commit(ID);

    expect([committed.status, committed.body]).toEqual([200, '']);
    expect(await readFile(join(cluster.folder, 'store/App/Code/a.zip'), 'utf8')).toBe('abcdxxxx');
    expect(sessionsIn(await get(ID))).toMatchObject([{ FileSize: '8', ExpectedRanges: [] }]);
    expect((await cluster.control.disk()).staging).toEqual({ bytes: 8, files: 2 });
  });

  it('leaves the staged chunks until a delete, which does not remove the committed file', async () => {
    await put('bytes 0-9/10', 10, 'kept.zip');
    await commit(ID);

    const deleted = await del(ID);

    const [logged] = await cluster.control.log({ operation: 'delete' });
    expect([deleted.status, (await get(ID)).status]).toEqual([200, 204]);
    expect(logged).toMatchObject({ deleted: true, bytesFreed: 10 });
    expect((await cluster.control.disk()).staging).toEqual(NOTHING);
    expect((await readFile(join(cluster.folder, 'store/kept.zip'))).length).toBe(10);
  });

  it('leaves the staged chunks until the expiry, which counts from the last chunk and not from the commit', async () => {
    await put('bytes 0-9/10', 10);
    await cluster.control.advanceClock(20 * MINUTE_MS);
    await commit(ID);

    await cluster.control.advanceClock(9 * MINUTE_MS);
    const before = await get(ID);
    await cluster.control.advanceClock(1 * MINUTE_MS);

    expect(sessionsIn(before)).toMatchObject([{ ExpectedRanges: [] }]);
    expect((await get(ID)).status).toBe(204);
    expect((await cluster.control.disk()).staging).toEqual(NOTHING);
  });

  it('rejects an unknown session, one with a missing chunk, and that of an empty file', async () => {
    const unknown = await commit(ID);
    await put('bytes 0-9/40', 10);
    const incomplete = await commit(ID);
    await del(ID);
    await put('bytes 0-0/0', 0);
    const empty = await commit(ID);

    expect([unknown, incomplete, empty].map(statusAndCode)).toEqual(
      Array.from({ length: 3 }, () => [400, 'E_INVALIDARG']),
    );
  });

  it('fails with NotFound if the session is deleted while its chunks are being joined', async () => {
    const upload = new Upload(cluster.endpoint, {
      storeRelativePath: 'torn.zip',
      fileSizeBytes: 40,
      chunkSizeBytes: 10,
    });
    await upload.uploadChunks();
    await cluster.control.setCommitDelayPerChunk(200);

    const committing = commit(upload.sessionId);
    await until(async () => (await cluster.control.log({ operation: 'commit' })).length > 0);
    const deleted = await del(upload.sessionId);

    expect(deleted.status).toBe(200);
    expect(statusAndCode(await committing)).toEqual([404, 'NotFound']);
    await expect(readFile(join(cluster.folder, 'store/torn.zip'))).rejects.toThrow('ENOENT');
    expect((await cluster.control.disk()).staging).toEqual(NOTHING);
  });
});

describe('expiry', () => {
  it('drops a session at the first check after 30 minutes without a chunk', async () => {
    await put('bytes 0-9/40', 10);

    await cluster.control.advanceClock(29 * MINUTE_MS);
    const before = await get(ID);
    await cluster.control.advanceClock(1 * MINUTE_MS);

    expect(before.status).toBe(200);
    expect((await get(ID)).status).toBe(204);
    expect((await cluster.control.disk()).staging).toEqual(NOTHING);
  });

  it('checks only every 5 minutes', async () => {
    const later = '7f9619ff-8b86-d011-b42d-00c04fc964ff';
    await put('bytes 0-9/40', 10);
    await cluster.control.advanceClock(1 * MINUTE_MS);
    await put('bytes 0-9/40', 10, 'b.zip', later);

    await cluster.control.advanceClock(33 * MINUTE_MS);
    const seen = [await get(ID), await get(later)];
    await cluster.control.advanceClock(1 * MINUTE_MS);

    expect(seen.map((answer) => answer.status)).toEqual([204, 200]);
    expect((await get(later)).status).toBe(204);
  });

  it('counts from the last chunk', async () => {
    await put('bytes 0-9/40', 10);
    await cluster.control.advanceClock(20 * MINUTE_MS);
    await put('bytes 10-19/40', 10);

    await cluster.control.advanceClock(29 * MINUTE_MS);

    expect((await get(ID)).status).toBe(200);
  });

  it('is not caused by setting the clock', async () => {
    await put('bytes 0-9/40', 10);
    const { offsetMs } = await cluster.control.clock();

    await cluster.control.setClockOffset(offsetMs + 2 * 60 * MINUTE_MS);
    const found = await get(ID);
    await cluster.control.setClockOffset(offsetMs);

    expect(found.status).toBe(200);
  });
});

describe('a failover', () => {
  it('loses all sessions and their chunks, and an upload can start again with the same id', async () => {
    await put('bytes 0-9/40', 10);

    await cluster.control.failOver();

    expect(statusAndCode(await del(ID))).toEqual([404, 'NotFound']);
    expect((await cluster.control.disk()).staging).toEqual(NOTHING);
    expect((await put('bytes 0-9/50', 10, 'other.zip')).status).toBe(200);
  });
});

describe('the uploader', () => {
  it('uploads a file from its first chunk to the commit', async () => {
    const upload = new Upload(cluster.endpoint, {
      storeRelativePath: 'My App/x.zip',
      fileSizeBytes: 2_500,
      chunkSizeBytes: 1_000,
    });

    await upload.uploadChunks();
    const [session] = await cluster.control.sessions();
    await upload.commit();

    expect(session).toMatchObject({ sessionId: upload.sessionId, stagedBytes: 2_500, missingRanges: [] });
    expect((await readFile(join(cluster.folder, 'store/My App/x.zip'))).length).toBe(2_500);
  });

  it('reports which step was rejected and why', async () => {
    const upload = new Upload(cluster.endpoint, { storeRelativePath: 'a.zip', fileSizeBytes: 10 });

    await expect(upload.commit()).rejects.toMatchObject({ httpStatus: 400, code: 'E_INVALIDARG' });
  });
});
