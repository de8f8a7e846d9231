import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Upload } from '../../src/local/cluster/uploader.ts';
import { type ApiHost, startApiHost } from '../support/apiHost.ts';
import { allRows } from '../support/tables.ts';

const MINUTE = 60_000;
let host: ApiHost;

beforeAll(async () => {
  host = await startApiHost();
});
afterAll(() => host?.stop());
beforeEach(async () => {
  await host.cluster.control.clearFaults();
  await host.cluster.control.setLinux(false);
  await host.cluster.control.setClockOffset(0);
  // No session that an earlier test left behind.
  await host.cluster.control.failOver();
  for (const table of [host.tables.sessions, host.tables.outcomes, host.tables.runs]) {
    await table.createTable();
    for (const { partitionKey = '', rowKey = '' } of await allRows(table))
      await table.deleteEntity(partitionKey, rowKey);
  }
});

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * MINUTE);
const sessionPath = (id: string) => `/upload-sessions/${id}`;

async function register(columns: Record<string, unknown> = {}, rowKey = randomUUID() as string): Promise<string> {
  await host.tables.sessions.createEntity({
    partitionKey: 'default',
    rowKey,
    lastActivity: minutesAgo(20),
    ...columns,
  });
  return rowKey;
}

/** A session on the cluster with one of two chunks of 10 bytes, 20 minutes old and registered. */
async function abandon(): Promise<string> {
  await host.cluster.control.setClockOffset(-20 * MINUTE);
  const upload = new Upload(host.cluster.endpoint, {
    storeRelativePath: 'App/Code/a.zip',
    fileSizeBytes: 20,
    chunkSizeBytes: 10,
  });
  await upload.uploadChunks(upload.chunks.slice(0, 1));
  await host.cluster.control.setClockOffset(0);
  return register({ storeRelativePath: 'App/Code/a.zip' }, upload.sessionId);
}

const items = (body: Record<string, unknown>) => body['items'] as Record<string, unknown>[];
const ids = (body: Record<string, unknown>) => items(body).map(({ sessionId }) => sessionId);
const shape = <T>(value: unknown): T => value as T;

describe('PUT /upload-sessions/{sessionId}', () => {
  it('registers a session with 201, and takes a heartbeat with 200', async () => {
    const id = randomUUID();

    const registered = await host.ask('PUT', sessionPath(id.toUpperCase()), {
      storeRelativePath: 'a.zip',
      owner: 'me',
    });
    const heartbeat = await host.ask('PUT', sessionPath(id));

    expect(registered).toMatchObject({ status: 201, body: { sessionId: id, state: 'active', owner: 'me' } });
    expect(registered.headers.get('location')).toMatch(new RegExp(`/api/upload-sessions/${id}$`, 'i'));
    expect(heartbeat).toMatchObject({ status: 200, body: { sessionId: id, owner: 'me', storeRelativePath: 'a.zip' } });
    const [row] = await allRows(host.tables.sessions);
    expect(row).toMatchObject({ rowKey: id, partitionKey: 'default', owner: 'me' });
    expect(row?.['lastActivity']).toEqual(new Date(shape<string>(heartbeat.body['lastActivity'])));
  });

  it('does not take a given-up session up again, nor move its activity back', async () => {
    const id = await register({ givenUp: true, attempts: 8, lastError: 'busy', color: 'blue' });

    const late = await host.ask('PUT', sessionPath(id), { lastActivity: minutesAgo(60).toISOString() });

    expect(late.body).toMatchObject({ state: 'givenUp', attempts: 8, lastError: 'busy' });
    expect(new Date(shape<string>(late.body['lastActivity'])).getTime()).toBeGreaterThan(minutesAgo(21).getTime());
    expect(await allRows(host.tables.sessions)).toEqual([expect.objectContaining({ color: 'blue', givenUp: true })]);
  });

  it.each([
    [400, { lastActivity: '2999-01-01T00:00:00Z' }, /future/],
    [400, { lastActivity: 'yesterday', owner: '' }, /owner is "", but .* lastActivity is "yesterday", but/],
    [400, { lastActivty: '2026-01-01T00:00:00Z' }, /lastActivty is unknown/],
    [400, { lastActivity: '0001-01-01T00:00:00Z' }, /must not be before/],
    [400, { owner: '\ud800' }, /owner is/],
    [400, '[]', /body must be a JSON object/],
    [400, '{', /not JSON/],
    [413, { owner: 'x'.repeat(70_000) }, /longer/],
  ])('answers %i to a body that is wrong', async (status, body, detail) => {
    const answer = await host.ask('PUT', sessionPath(randomUUID()), body);

    expect(answer).toMatchObject({ status, body: { detail: expect.stringMatching(detail) } });
    expect(await allRows(host.tables.sessions)).toEqual([]);
  });

  it('answers 415 to a form', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };

    expect(await host.ask('PUT', sessionPath(randomUUID()), 'owner=me', form)).toMatchObject({ status: 415 });
  });
});

describe('GET /upload-sessions', () => {
  it('lists by state, and lists as stale what a dry run takes', async () => {
    const stale = [await register(), await register({ attempts: 1, nextAttemptAt: minutesAgo(1) })].sort();
    const waiting = await register({ attempts: 1, nextAttemptAt: minutesAgo(-9) });
    const givenUp = await register({ givenUp: true, lastError: 'busy' }, 'no-guid');
    const fresh = await register({ lastActivity: new Date() });
    const recent = await register({ lastActivity: minutesAgo(5) });
    const list = async (query: string) => ids((await host.ask('GET', `/upload-sessions?${query}`)).body);

    expect(await list('')).toHaveLength(6);
    expect(await list('state=stale')).toEqual(stale);
    expect(await list('State=waiting')).toEqual([waiting]);
    expect(await list('state=givenUp')).toEqual([givenUp]);
    expect(await list('state=stale&olderThan=3m')).toEqual([...stale, recent].sort());
    expect(await list('state=stale&olderThan=1h')).toEqual([]);
    for (const olderThan of ['3m', '15m', '1h']) {
      const dry = await host.ask('POST', '/sweeps', { dryRun: true, olderThan });
      const planned = shape<{ sessionId: string }[]>(dry.body['planned']).map(({ sessionId }) => sessionId);
      expect(planned.sort()).toEqual(await list(`state=stale&olderThan=${olderThan}`));
    }
    expect(await list('')).toContain(fresh);
  });

  it('pages with a token that means something to this list alone', async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => register()));
    const found: unknown[] = [];
    let token = '';
    do {
      const { body } = await host.ask(
        'GET',
        `/upload-sessions?state=stale&limit=2&continuationToken=${token}`.replace(/&continuationToken=$/, ''),
      );
      found.push(...ids(body));
      token = shape<string | undefined>(body['continuationToken']) ?? '';
    } while (token !== '');
    const first = await host.ask('GET', '/upload-sessions?state=stale&limit=2');
    const valid = shape<string>(first.body['continuationToken']);
    const [payload = '', seal = ''] = valid.split('.');
    const forged = Buffer.from(JSON.stringify(['default', 'zzz'])).toString('base64url');

    expect(found).toEqual(all.sort());
    for (const [query, bad] of [
      ['state=stale', `${forged}.${seal}`],
      ['state=stale', payload],
      ['state=stale', `${valid}.x`],
      ['state=stale', 'nonsense'],
      ['state=stale', `${payload}.${encodeURIComponent('é'.repeat(seal.length))}`],
      ['state=all', valid],
      ['state=stale&olderThan=20m', valid],
    ]) {
      const answer = await host.ask('GET', `/upload-sessions?${query}&continuationToken=${bad}`);
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ name: 'continuationToken' }] } });
    }
    expect((await host.ask('GET', `/outcomes?continuationToken=${valid}`)).status).toBe(400);
    expect((await host.ask('GET', `/runs?continuationToken=${valid}`)).status).toBe(400);
    expect((await host.ask('GET', `/sweeps?continuationToken=${valid}`)).status).toBe(400);
  });

  it('names all that is wrong with a query at once, and lets the function key pass', async () => {
    const answer = await host.ask('GET', '/upload-sessions?state=old&limit=1e2&olderThan=7&sate=stale');

    expect(answer.status).toBe(400);
    expect(
      shape<{ name: string }[]>(answer.body['errors'])
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['limit', 'olderThan', 'sate', 'state']);
    expect((await host.ask('GET', '/upload-sessions?code=key&clientId=me')).status).toBe(200);
    for (const limit of ['0', '1001', '-1', '', '1,2']) {
      expect((await host.ask('GET', `/upload-sessions?limit=${limit}`)).status).toBe(400);
    }
  });
});

describe('GET /upload-sessions/{sessionId}', () => {
  it("tells the row, the cluster's own view, and what was done about it", async () => {
    const id = await abandon();

    const { status, body } = await host.ask('GET', sessionPath(id.toUpperCase()));

    expect(status).toBe(200);
    expect(body).toMatchObject({
      sessionId: id,
      registered: { sessionId: id, state: 'stale', storeRelativePath: 'App/Code/a.zip' },
      cluster: {
        answer: 'found',
        storeRelativePath: 'App/Code/a.zip',
        fileSizeBytes: 20,
        heldBytes: 10,
        missingRanges: [{ start: 10, end: 19 }],
      },
      history: { items: [] },
    });
    const { lastChunkAt } = shape<{ lastChunkAt: string }>(body['cluster']);
    expect(Math.abs(new Date(lastChunkAt).getTime() - minutesAgo(20).getTime())).toBeLessThan(MINUTE);
  });

  it('tells the history of a session that is gone, and where it goes on', async () => {
    const id = await abandon();
    await host.ask('POST', '/sweeps', {});
    for (let n = 0; n < 51; n += 1) await host.ask('DELETE', sessionPath(id));

    const { body } = await host.ask('GET', sessionPath(id));
    const history = shape<Record<string, unknown>>(body['history']);
    const rest = await host.ask('GET', `/outcomes?sessionId=${id}&continuationToken=${history['continuationToken']}`);

    expect(body).not.toHaveProperty('registered');
    expect(body).toMatchObject({ cluster: { answer: 'notFound' } });
    expect(items(history)).toHaveLength(50);
    expect(items(rest.body).map(({ outcome }) => outcome)).toEqual(['notFound', 'deleted']);
  });

  it('tells the rest where the cluster refuses to answer', async () => {
    const id = await register();
    await host.cluster.control.setLinux(true);

    const { status, body } = await host.ask('GET', sessionPath(id));

    expect(status).toBe(200);
    expect(body).toMatchObject({
      registered: { sessionId: id },
      cluster: { answer: 'failed', errorCode: 'E_INVALIDARG', httpStatus: 400 },
    });
  });

  it('answers 404 for a session that nobody knows', async () => {
    expect(await host.ask('GET', sessionPath(randomUUID()))).toMatchObject({ status: 404 });
  });
});

describe('a path that names no session id', () => {
  it.each([
    ['GET', ''],
    ['PUT', ''],
    ['DELETE', ''],
    ['POST', '/retry'],
  ])('is a 400 for %s {sessionId}%s', async (method, rest) => {
    const guid = randomUUID();
    for (const bad of [
      'package-of-tuesday',
      `${guid.slice(0, -1)}x`,
      `%7B${guid}%7D`,
      guid.replaceAll('-', ''),
      guid.replace(/\w/g, '0'),
    ]) {
      expect(await host.ask(method, `${sessionPath(bad)}${rest}`)).toMatchObject({
        status: 400,
        body: { title: 'Not a session id' },
      });
    }
  });
});

describe('POST /upload-sessions/{sessionId}/retry', () => {
  it('takes a given-up session up again, so that the next sweep deletes it', async () => {
    const id = await abandon();
    await host.tables.sessions.updateEntity(
      { partitionKey: 'default', rowKey: id, givenUp: true, attempts: 8 },
      'Merge',
    );

    const before = await host.ask('POST', '/sweeps', {});
    const retried = await host.ask('POST', `${sessionPath(id)}/retry`);
    const again = await host.ask('POST', `${sessionPath(id)}/retry`);
    const after = await host.ask('POST', '/sweeps', {});

    expect(before.body['outcomes']).toMatchObject({ deleted: 0 });
    expect(retried).toMatchObject({ status: 200, body: { state: 'stale', attempts: 0 } });
    expect(again).toEqual({ ...retried, headers: expect.anything() });
    expect(after.body['outcomes']).toMatchObject({ deleted: 1 });
  });

  it('answers 404 for a session that is not registered', async () => {
    expect(await host.ask('POST', `${sessionPath(randomUUID())}/retry`)).toMatchObject({ status: 404 });
  });
});

describe('POST /sweeps', () => {
  it('sweeps, answers the run, and lists it with its outcomes', async () => {
    const id = await abandon();

    const swept = await host.ask('POST', '/sweeps', {});
    const runs = await host.ask('GET', '/runs');
    const sweeps = await host.ask('GET', '/sweeps');
    const at = shape<string>(swept.body['startedAt']);
    const outcomes = await host.ask('GET', `/outcomes?since=${at}&until=${at}`);

    expect(swept).toMatchObject({
      status: 200,
      body: { trigger: 'http', dryRun: false, stoppedBy: 'completed', bytesFreed: 10, outcomes: { deleted: 1 } },
    });
    expect(swept.body).not.toHaveProperty('planned');
    expect(items(runs.body)).toEqual([swept.body]);
    expect(items(sweeps.body)).toEqual([
      expect.objectContaining({ sweepId: swept.body['runId'], outcomes: swept.body['outcomes'], bytesFreed: 10 }),
    ]);
    expect(items(sweeps.body)[0]).not.toHaveProperty('runs');
    expect(items(outcomes.body)).toEqual([
      expect.objectContaining({
        sessionId: id,
        outcome: 'deleted',
        trigger: 'http',
        bytes: 10,
        runId: swept.body['runId'],
      }),
    ]);
    expect(await host.cluster.control.sessions()).toEqual([]);
    expect(await allRows(host.tables.sessions)).toEqual([]);
  });

  it('says in a dry run what would happen to which session and why, and changes nothing', async () => {
    const id = await abandon();
    const gone = await register();
    const rows = await allRows(host.tables.sessions);
    const onCluster = await host.cluster.control.sessions();
    await host.cluster.control.clearLog();

    const dry = await host.ask('POST', '/sweeps', { dryRun: true });

    expect(dry.body).toMatchObject({
      dryRun: true,
      bytesFreed: 0,
      bytesToFree: 10,
      outcomes: { deleted: 0, wouldDelete: 1, notFound: 1 },
    });
    const planned = shape<{ sessionId: string }[]>(dry.body['planned']);
    expect(planned.find(({ sessionId }) => sessionId === id)).toMatchObject({
      outcome: 'wouldDelete',
      row: 'removed',
      bytes: 10,
      why: expect.stringContaining('Its last chunk arrived at'),
    });
    expect(planned.find(({ sessionId }) => sessionId === gone)).toMatchObject({ outcome: 'notFound', row: 'removed' });
    expect(await allRows(host.tables.sessions)).toEqual(rows);
    expect(await host.cluster.control.sessions()).toEqual(onCluster);
    const deletes = await host.cluster.control.log({ operation: 'delete' });
    // That of the probe, for a session that does not exist.
    expect(deletes.filter(({ deleted }) => deleted)).toEqual([]);
    expect(await allRows(host.tables.outcomes)).toEqual([]);
    expect(items((await host.ask('GET', '/sweeps')).body)).toEqual([
      expect.objectContaining({ dryRun: true, bytesToFree: 10 }),
    ]);
  });

  it('takes no more sessions than it is told, and only those that are old enough', async () => {
    for (let n = 0; n < 3; n += 1) await register();

    const two = await host.ask('POST', '/sweeps', { limit: 2 });
    const none = await host.ask('POST', '/sweeps', { olderThan: '1h' });

    expect(two.body).toMatchObject({ stoppedBy: 'limit', outcomes: { notFound: 2 } });
    expect(none.body).toMatchObject({ stoppedBy: 'completed', outcomes: { notFound: 0 } });
    expect(await allRows(host.tables.sessions)).toHaveLength(1);
  });

  it.each([
    [{ dryrun: true }],
    [{ dryRun: 'true' }],
    [{ olderThan: 15 }],
    [{ olderThan: '10s' }],
    [{ limit: 0 }],
    [{ limit: 1.5 }],
    [[]],
  ])('answers 400 to %j and sweeps nothing', async (order) => {
    const id = await abandon();

    expect(await host.ask('POST', '/sweeps', order)).toMatchObject({ status: 400 });
    expect((await host.cluster.control.sessions()).map(({ sessionId }) => sessionId)).toContain(id);
    expect(await allRows(host.tables.runs)).toEqual([]);
  });

  it('answers 413 and 415 to a body that is no order', async () => {
    expect((await host.ask('POST', '/sweeps', 'x'.repeat(70_000))).status).toBe(413);
    expect((await host.ask('POST', '/sweeps', '{}', { 'content-type': 'text/plain' })).status).toBe(415);
  });

  it('answers 502 with the run when the cluster has no upload sessions', async () => {
    for (let n = 0; n < 3; n += 1) await register();
    await host.cluster.control.setLinux(true);

    const answer = await host.ask('POST', '/sweeps', {});

    expect(answer).toMatchObject({ status: 502, body: { run: { stoppedBy: 'unsupportedCluster', trigger: 'http' } } });
  });

  it('answers 503 with the run and when to ask again while the cluster is unavailable', async () => {
    const id = await abandon();
    await host.cluster.control.addFault({ answer: { status: 503, code: 'FABRIC_E_NO_WRITE_QUORUM' } });

    const answer = await host.ask('POST', '/sweeps', {});

    expect(answer).toMatchObject({ status: 503, body: { run: { stoppedBy: 'clusterUnavailable' } } });
    expect(answer.headers.get('retry-after')).toBe('60');
    expect((await host.cluster.control.sessions()).map(({ sessionId }) => sessionId)).toEqual([id]);
  });
});

describe('GET /outcomes, GET /runs and GET /sweeps', () => {
  it('page and filter by outcome, session and time', async () => {
    const id = randomUUID();
    for (let n = 0; n < 3; n += 1) await host.ask('DELETE', sessionPath(id));
    await register({}, 'no-guid');
    await host.ask('POST', '/sweeps', {});
    await host.ask('POST', '/sweeps', {});
    const get = async (path: string) => (await host.ask('GET', path)).body;

    expect(items(await get('/outcomes'))).toHaveLength(4);
    expect(ids(await get('/outcomes?outcome=invalid'))).toEqual(['no-guid']);
    expect(items(await get(`/outcomes?sessionId=${id.toUpperCase()}`))).toHaveLength(3);
    expect(items(await get(`/outcomes?until=${minutesAgo(1).toISOString()}`))).toEqual([]);
    expect(items(await get('/outcomes?since=0001-01-01T00:00:00Z&until=9999-12-31T23:59:59Z'))).toHaveLength(4);
    const first = await get('/outcomes?limit=3&outcome=notFound&since=2020-01-01T00:00:00%2B01:00');
    expect(first['continuationToken']).toBeUndefined();
    for (const [path, id] of [
      ['/runs', 'runId'],
      ['/sweeps', 'sweepId'],
    ] as const) {
      const page = await get(`${path}?limit=1`);
      const next = await get(`${path}?limit=1&continuationToken=${page['continuationToken']}`);
      expect([items(page), items(next)].map(({ length }) => length)).toEqual([1, 1]);
      expect(items(page)[0]?.[id]).not.toBe(items(next)[0]?.[id]);
      expect(next['continuationToken']).toBeUndefined();
    }
  });

  it.each([
    '/outcomes?outcome=wouldDelete',
    '/outcomes?sessionId=x',
    '/outcomes?since=2026-11-22',
    '/sweeps?until=now',
    '/runs?until=now',
    '/runs?sweepId=x',
    `/sweeps?sweepId=${randomUUID()}`,
    '/sweeps/x',
    `/sweeps/${randomUUID()}?limit=1`,
  ])('answer 400 to %s', async (path) => {
    expect((await host.ask('GET', path)).status).toBe(400);
  });
});

describe('GET /sweeps/{sweepId}', () => {
  it('reads the runs of a sweep as one, and knows no other', async () => {
    await register({}, 'no-guid');
    const swept = await host.ask('POST', '/sweeps', {});
    const sweepId = shape<string>(swept.body['sweepId']);

    const { body } = await host.ask('GET', `/sweeps/${sweepId.toUpperCase()}`);

    expect(sweepId).toBe(swept.body['runId']);
    expect(body).toMatchObject({
      sweepId,
      trigger: 'http',
      parts: { expected: 1, ended: 1, completed: 1 },
      outcomes: { invalid: 1 },
      stoppedBy: 'completed',
    });
    expect(body['runs']).toEqual([swept.body]);
    expect(items((await host.ask('GET', `/runs?sweepId=${sweepId}`)).body)).toEqual([swept.body]);
    expect((await host.ask('GET', `/sweeps/${randomUUID()}`)).status).toBe(404);
  });
});

describe('GET /health', () => {
  it('says up and nothing else, and how each part answers to who has a key', async () => {
    const anonymous = await host.ask('GET', '/health?t=1');
    const details = await host.ask('GET', '/health/details');

    expect(anonymous).toMatchObject({ status: 200, body: { status: 'up' } });
    expect(Object.keys(anonymous.body)).toEqual(['status']);
    expect(details.status).toBe(200);
    expect(details.body['checks']).toEqual([
      { name: 'settings', status: 'ok' },
      ...['sessionTable', 'outcomeTable', 'runTable', 'cluster'].map((name) => ({
        name,
        status: 'ok',
        latencyMs: expect.any(Number),
        clockSkewMs: expect.any(Number),
        ...(name === 'cluster' && { askedAt: expect.any(String) }),
      })),
      { name: 'credentials', status: 'ok', latencyMs: expect.any(Number), askedAt: expect.any(String) },
    ]);
  });

  it('tells which part fails and why, and leaves no trace', async () => {
    await host.cluster.control.setLinux(true);
    const linux = await host.ask('GET', '/health/details?refresh=true');
    await host.cluster.control.setLinux(false);
    await host.cluster.control.setClockOffset(10 * MINUTE);
    const skewed = await host.ask('GET', '/health/details?refresh=true');

    const failed = (answer: Record<string, unknown>) =>
      shape<{ name: string; status: string }[]>(answer['checks']).filter(({ status }) => status === 'failed');
    expect([linux.status, skewed.status]).toEqual([503, 503]);
    expect(failed(linux.body)).toEqual([
      expect.objectContaining({ name: 'cluster', advice: expect.stringContaining('Linux clusters') }),
    ]);
    expect(failed(skewed.body)).toEqual([
      expect.objectContaining({ name: 'cluster', detail: expect.stringContaining("ahead of the app's") }),
    ]);
    expect(await allRows(host.tables.outcomes)).toEqual([]);
  });
});

describe('the probes of health', () => {
  it('are one a minute whoever asks, and more only for a caller with a key who asks for a new one', async () => {
    await host.ask('GET', '/health/details?refresh=true');
    await host.cluster.control.clearLog();

    for (let n = 0; n < 5; n += 1) await host.ask('GET', '/health');
    for (let n = 0; n < 5; n += 1) await host.ask('GET', '/health/details');
    const kept = await host.cluster.control.log({});
    await host.ask('GET', '/health/details?refresh=true');

    expect(kept).toEqual([]);
    expect(await host.cluster.control.log({})).toMatchObject([{ operation: 'delete', status: 404 }]);
  });

  it('take what answers 200 to everything for a failure', async () => {
    await host.cluster.control.setFaults([{ answer: { status: 200 } }]);

    const { status, body } = await host.ask('GET', '/health/details?refresh=true');

    expect(status).toBe(503);
    expect(body['checks']).toContainEqual(expect.objectContaining({ name: 'cluster', status: 'failed' }));
  });
});

describe('purgeOutcomes', () => {
  it('deletes outcomes and runs that are too old, and leaves the others', async () => {
    await host.ask('DELETE', sessionPath(randomUUID()));
    await host.ask('POST', '/sweeps', {});
    const old = { partitionKey: 'default~2020-01-01', rowKey: '8420000000000-x' };
    await host.tables.outcomes.createEntity(old);
    await host.tables.runs.createEntity({ partitionKey: 'default', rowKey: '8420000000000-x' });

    const printed = await host.runTimer('purgeOutcomes');

    expect(printed).toContain('"outcomes":1,"runs":1,"complete":true');
    expect(await allRows(host.tables.outcomes)).toHaveLength(1);
    expect(await allRows(host.tables.runs)).toHaveLength(1);
  });
});

describe('DELETE /upload-sessions/{sessionId}', () => {
  it('answers as described', async () => {
    const id = await abandon();
    const active = new Upload(host.cluster.endpoint, {
      storeRelativePath: 'b.zip',
      fileSizeBytes: 20,
      chunkSizeBytes: 10,
    });
    await active.uploadChunks(active.chunks.slice(0, 1));

    expect(await host.ask('DELETE', sessionPath(id))).toMatchObject({ status: 200, body: { outcome: 'deleted' } });
    expect(await host.ask('DELETE', sessionPath(id))).toMatchObject({ status: 200, body: { outcome: 'notFound' } });
    expect((await host.ask('DELETE', `${sessionPath(active.sessionId)}?onlyIfStale=true`)).status).toBe(409);
    await host.cluster.control.setLinux(true);
    expect((await host.ask('DELETE', sessionPath(id))).status).toBe(502);
    for (const status of [503, 504]) {
      // Longer than anyone waits within a request.
      const headers = { 'Retry-After': '60' };
      await host.cluster.control.setFaults([{ answer: { status, code: 'FABRIC_E_TIMEOUT', headers } }]);
      expect((await host.ask('DELETE', sessionPath(id))).status).toBe(status);
    }
  });
});

/** Of another app: one that checks keys, has wrong settings, or no time for a row; see the tests of refusals. */
const PROVOKED_ELSEWHERE = [
  / 401$/,
  / 411$/,
  /^POST \/sweeps 409$/,
  / 500$/,
  // While the storage cannot be reached, and with invalid settings.
  /^GET .* 503$/,
  /^(PUT|POST) \/upload-sessions\/.* 503$/,
];

describe('the description', () => {
  it('is described itself, and takes no parameters, as other routes take none', async () => {
    expect(await host.ask('GET', '/openapi.json')).toMatchObject({ status: 200, body: { openapi: '3.1.1' } });
    for (const described of describedAnswers(host.description).filter((one) => one.endsWith(' 400'))) {
      const [method = '', path = ''] = described.split(' ');
      const asked = path.replace(/\{\w+\}/, randomUUID());
      expect((await host.ask(method, `${asked}?nonsense=1`, method === 'POST' ? {} : undefined)).status).toBe(400);
    }
  });

  it('has the page and what it polls among its routes', async () => {
    expect(await host.ask('GET', '/dashboard')).toMatchObject({
      status: 200,
      body: { html: expect.stringMatching('<h') },
    });
    expect(await host.ask('GET', '/dashboard/status')).toMatchObject({ status: 200, body: { clusterName: 'default' } });
    expect(await host.ask('GET', '/dashboard/history')).toMatchObject({
      status: 200,
      body: { days: expect.any(Array) },
    });
  });

  it('promises no answer that these tests have not seen', () => {
    const promised = describedAnswers(host.description);

    expect(
      promised.filter((one) => !PROVOKED_ELSEWHERE.some((where) => where.test(one)) && !host.seen.has(one)),
    ).toEqual([]);
  });
});

/** Every answer that the description holds, as `METHOD /path status`. */
function describedAnswers({ paths }: Record<string, unknown>): string[] {
  const routes = paths as Record<string, Record<string, { responses: object }>>;
  return Object.entries(routes).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, { responses }]) =>
      Object.keys(responses).map((status) => `${method.toUpperCase()} ${path} ${status}`),
    ),
  );
}
