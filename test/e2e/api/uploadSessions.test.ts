import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Upload } from '../../../src/local/cluster/uploader.ts';
import { type ApiHost, startApiHost } from '../../support/apiHost.ts';
import {
  abandon,
  describeAnswers,
  ids,
  items,
  itRejectsInvalidSessionIds,
  MINUTE,
  minutesAgo,
  register,
  resetApi,
  sessionPath,
  shape,
} from './routes.ts';

let host: ApiHost;

beforeAll(async () => {
  host = await startApiHost();
});
afterAll(() => host?.stop());
beforeEach(() => resetApi(host));

describe('GET /upload-sessions', () => {
  it('lists by state, and as stale the sessions of a dry run', async () => {
    const stale = [await register(host), await register(host, { attempts: 1, nextAttemptAt: minutesAgo(1) })].sort();
    const waiting = await register(host, { attempts: 1, nextAttemptAt: minutesAgo(-9) });
    const givenUp = await register(host, { givenUp: true, lastError: 'busy' }, 'no-guid');
    const fresh = await register(host, { lastActivity: new Date() });
    const recent = await register(host, { lastActivity: minutesAgo(5) });
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

  it('pages with a token that is valid for this list only', async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => register(host)));
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

  it('reports all errors of a query at once, and ignores the function key', async () => {
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
  it("reports the row, the cluster's view, and the outcomes", async () => {
    const id = await abandon(host);

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

  it('reports the history of a deleted session, with a token for the rest', async () => {
    const id = await abandon(host);
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

  it('reports the rest if the cluster rejects the look-up', async () => {
    const id = await register(host);
    await host.cluster.control.setLinux(true);

    const { status, body } = await host.ask('GET', sessionPath(id));

    expect(status).toBe(200);
    expect(body).toMatchObject({
      registered: { sessionId: id },
      cluster: { answer: 'failed', errorCode: 'E_INVALIDARG', httpStatus: 400 },
    });
  });

  it('answers 404 for an unknown session', async () => {
    expect(await host.ask('GET', sessionPath(randomUUID()))).toMatchObject({ status: 404 });
  });
});

describe('DELETE /upload-sessions/{sessionId}', () => {
  it('answers as described', async () => {
    const id = await abandon(host);
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
      // Longer than the app waits within a request.
      const headers = { 'Retry-After': '60' };
      await host.cluster.control.setFaults([{ answer: { status, code: 'FABRIC_E_TIMEOUT', headers } }]);
      expect((await host.ask('DELETE', sessionPath(id))).status).toBe(status);
    }
  });
});

describe('a path without a valid session id', () => {
  itRejectsInvalidSessionIds(
    () => host,
    [
      ['GET', ''],
      ['DELETE', ''],
    ],
  );
});

describeAnswers(() => host, 'uploadSessions');
