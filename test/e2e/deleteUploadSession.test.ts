import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Upload } from '../../src/local/cluster/uploader.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { allRows } from '../support/tables.ts';
import { keepAnswer } from '../support/transcript.ts';

const CONCURRENCY = 8;

let app: TestApp;

beforeAll(async () => {
  app = await startApp({ CLUSTER_TIMEOUT: '1', SWEEP_CONCURRENCY: String(CONCURRENCY) });
});
afterAll(() => app.close());
beforeEach(async () => {
  await app.cluster.control.clearFaults();
  await app.cluster.control.setClockOffset(0);
});

/** A session with one of two chunks on the cluster. */
async function upload(): Promise<string> {
  const one = new Upload(app.cluster.endpoint, { storeRelativePath: 'App/a.zip', fileSizeBytes: 8, chunkSizeBytes: 4 });
  await one.uploadChunks(one.chunks.slice(0, 1));
  return one.sessionId;
}

async function remove(
  id: string,
  query = '',
): Promise<{ status: number; type: string | null; body: unknown; retryAfter: string | null }> {
  const answer = await fetch(`${app.url}/api/upload-sessions/${id}${query}`, { method: 'DELETE' });
  const { status, headers } = answer;
  const text = await answer.text();
  keepAnswer(text);
  return {
    status,
    type: headers.get('content-type'),
    body: JSON.parse(text),
    retryAfter: headers.get('retry-after'),
  };
}

const outcomesOf = async (id: string) =>
  (await allRows(app.tables.outcomes)).filter((one) => one['sessionId'] === id).map((one) => one['outcome']);

describe('DELETE /api/upload-sessions/{sessionId}', () => {
  it('deletes a session with its chunks, does not find it the second time, and records both', async () => {
    const id = await upload();
    const before = (await app.cluster.control.disk()).staging.bytes;

    const first = await remove(id);
    const second = await remove(id);

    expect(first).toMatchObject({ status: 200, body: { sessionId: id, outcome: 'deleted' } });
    expect(second).toMatchObject({ status: 200, body: { sessionId: id, outcome: 'notFound' } });
    expect(before - (await app.cluster.control.disk()).staging.bytes).toBe(4);
    expect((await outcomesOf(id)).sort()).toEqual(['deleted', 'notFound']);
  });

  it('accepts an id in upper case for the same session', async () => {
    const id = await upload();

    expect(await remove(id.toUpperCase())).toMatchObject({ status: 200, body: { sessionId: id, outcome: 'deleted' } });
  });

  it('removes the row of a registered session with all its columns', async () => {
    const id = await upload();
    await app.tables.sessions.createTable();
    await app.tables.sessions.createEntity({ partitionKey: 'default', rowKey: id, givenUp: true, attempts: 8 });

    await remove(id);

    expect((await allRows(app.tables.sessions)).map(({ rowKey }) => rowKey)).not.toContain(id);
    expect((await allRows(app.tables.outcomes)).find((one) => one['sessionId'] === id)).toMatchObject({ attempt: 9 });
  });

  it.each([
    ['no GUID', 'abc'],
    ['36 characters with one wrong', '6f9619ff-8b86-d011-b42d-00c04fc964fg'],
    ['a GUID in braces', '%7B6f9619ff-8b86-d011-b42d-00c04fc964ff%7D'],
    ['a GUID without hyphens', '6f9619ff8b86d011b42d00c04fc964ff'],
    ['the all-zero GUID', '00000000-0000-0000-0000-000000000000'],
    ['encoded control characters', '%00%0A%1B'],
    ['encoded slashes', '..%2F..%2F$%2FDeleteApp'],
    ['four kilobytes', 'x'.repeat(4096)],
    ['letters that look like digits', '６f9619ff-8b86-d011-b42d-00c04fc964ff'],
  ])('answers 400 with a reason to %s, and does not call the cluster', async (_, id) => {
    const before = (await app.cluster.control.log()).length;

    const answer = await remove(id);

    expect(answer).toMatchObject({
      status: 400,
      type: 'application/problem+json',
      body: { status: 400, detail: expect.any(String) },
    });
    expect(await app.cluster.control.log()).toHaveLength(before);
  });

  it('answers 400 to an onlyIfStale that is neither true nor false', async () => {
    expect(await remove(randomUUID(), '?onlyIfStale=perhaps')).toMatchObject({ status: 400 });
  });

  it('rejects a body, which it would otherwise ignore', async () => {
    const id = await upload();

    const answer = await fetch(`${app.url}/api/upload-sessions/${id}`, { method: 'DELETE', body: 'x'.repeat(100_000) });

    expect(answer.status).toBe(400);
  });

  it('answers 409 to onlyIfStale for an active session, does not delete it, and records that', async () => {
    const id = await upload();

    const answer = await remove(id, '?onlyIfStale=true');

    expect(answer).toMatchObject({ status: 409, type: 'application/problem+json', body: { outcome: 'active' } });
    expect((await app.cluster.control.sessions()).map(({ sessionId }) => sessionId)).toContain(id);
    expect(await outcomesOf(id)).toEqual(['active']);
  });

  it('deletes a stale session with onlyIfStale, and reports its bytes', async () => {
    await app.cluster.control.setClockOffset(-20 * 60_000);
    const id = await upload();
    await app.cluster.control.setClockOffset(0);

    expect(await remove(id, '?onlyIfStale=true')).toMatchObject({
      status: 200,
      body: { outcome: 'deleted', bytes: 4 },
    });
  });

  it.each([
    ['refuses our credentials', { answer: { status: 403 } }, 502],
    ['breaks', { answer: { status: 500, code: 'E_FAIL' } }, 502],
    ['is busy', { answer: { status: 503, code: 'FABRIC_E_NOT_PRIMARY' } }, 503],
    ['has lost its image store', { answer: { status: 404, code: 'FABRIC_E_SERVICE_DOES_NOT_EXIST' } }, 503],
    ['hangs up', { connection: 'breakBeforeAnswer' as const }, 503],
    ['times out', { answer: { status: 504, code: 'FABRIC_E_TIMEOUT' } }, 504],
  ])('answers with a specific status if the cluster %s, and records the failure', async (_, fault, status) => {
    await app.cluster.control.setFaults([{ operation: 'delete', ...fault }]);
    const id = await upload();

    const answer = await remove(id);

    expect(answer).toMatchObject({
      status,
      type: 'application/problem+json',
      body: { outcome: 'failed', sessionId: id },
    });
    expect(answer.retryAfter).toEqual(status === 503 ? expect.stringMatching(/^\d+$/) : null);
    expect(await outcomesOf(id)).toEqual(['failed']);
  });

  it('passes on the Retry-After of the cluster', async () => {
    await app.cluster.control.setFaults([
      { operation: 'delete', answer: { status: 429, headers: { 'Retry-After': '77' } } },
    ]);

    expect(await remove(await upload())).toMatchObject({ status: 503, retryAfter: '77' });
  });

  it('retries a transient failure', async () => {
    await app.cluster.control.setFaults([{ operation: 'delete', times: 1, answer: { status: 503, code: 'E_ABORT' } }]);
    const id = await upload();

    expect(await remove(id)).toMatchObject({ status: 200, body: { outcome: 'deleted' } });
    expect((await allRows(app.tables.outcomes)).find((one) => one['sessionId'] === id)).toMatchObject({ tries: 2 });
  });

  it('answers within its deadline if the cluster never does', async () => {
    await app.cluster.control.setFaults([{ operation: 'delete', connection: 'noAnswer' }]);

    expect(await remove(await upload())).toMatchObject({ status: 504 });
  });

  it('answers 200 simultaneous callers with a slow cluster, with at most SWEEP_CONCURRENCY calls at a time', async () => {
    await app.cluster.control.setFaults([{ operation: 'delete', latencyMs: 50 }]);
    const ids = await Promise.all(Array.from({ length: 200 }, upload));

    const answers = await Promise.all(ids.map((id) => remove(id)));

    const calls = (await app.cluster.control.log({ operation: 'delete' })).filter(({ sessionId }) =>
      ids.includes(sessionId ?? ''),
    );
    const underWay = calls.map(
      ({ arrivedAtWallClock: at }) =>
        calls.filter((one) => one.arrivedAtWallClock <= at && at < (one.answeredAtWallClock ?? Infinity)).length,
    );
    expect(calls).toHaveLength(200);
    expect(answers.map(({ status }) => status)).toEqual(ids.map(() => 200));
    expect(Math.max(...underWay)).toBeLessThanOrEqual(CONCURRENCY);
  });

  it('logs nothing about a session that was deleted', async () => {
    const id = await upload();

    await remove(id);

    expect(app.host.output()).not.toContain(id);
  });

  it('logs one line about a failed session, with run id and request id', async () => {
    await app.cluster.control.setFaults([{ operation: 'delete', answer: { status: 500, code: 'E_FAIL' } }]);
    const id = await upload();

    await remove(id);

    const lines = app.host
      .output()
      .split('\n')
      .filter((line) => line.includes(id));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/could not be deleted.*"runId":"[0-9a-f-]{36}","requestId":"[0-9a-f-]{36}"/);
  });
});
