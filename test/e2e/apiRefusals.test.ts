import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ROUTES } from '../../src/functions/routing/routes.ts';
import { type ApiHost, startApiHost } from '../support/apiHost.ts';

const KEY = 'a-key-of-the-tests';
const SESSION = `/upload-sessions/${randomUUID()}`;
/** Every route that needs a key, with unknown ids. */
const KEYED = Object.values(ROUTES)
  .filter(({ authLevel }) => authLevel === 'function')
  .map(({ method, path }) => [method, path.replaceAll(/\{\w+\}/g, () => randomUUID())] as const);

let host: ApiHost | undefined;
afterEach(async () => {
  await host?.stop();
  host = undefined;
});

describe('the API', () => {
  it('requires the function key, as a header or a parameter', async () => {
    const app = await startApiHost({ FUNCTIONS_HOST_KEY: KEY }, ['--enable-auth'], KEY);
    host = app;

    for (const [method, path] of KEYED) expect(await app.status(method, path)).toBe(401);
    expect((await app.ask('GET', '/health')).body).toEqual({ status: 'up' });
    expect((await app.ask('GET', '/sweeps', undefined, { 'x-functions-key': KEY })).status).toBe(200);
    expect((await app.ask('GET', `/sweeps?code=${KEY}`)).status).toBe(200);
  });

  it('reports invalid settings, but not to anonymous callers', async () => {
    const app = await startApiHost({ STALE_AFTER: 'soon', CLUSTER_ENDPOINTS: 'nowhere' });
    host = app;

    for (const [method, path] of KEYED) {
      if (path === '/openapi.json') continue;
      const { status, body } = await app.ask(method, path, path === '/sweeps' && method === 'POST' ? {} : undefined);
      const isAboutFaults = path === '/health/details' || path === '/dashboard/status';
      expect([path, status]).toEqual([path, isAboutFaults ? 503 : 500]);
      expect(JSON.stringify(body)).toMatch(/CLUSTER_ENDPOINTS has .*nowhere.*STALE_AFTER is .*soon/s);
    }
    expect(await app.ask('GET', '/health')).toMatchObject({ status: 503, body: { status: 'down' } });
  });

  it('answers 503 with the cause and the advice, or `down`, while the storage is unreachable', async () => {
    const closed = 'DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;TableEndpoint=http://127.0.0.1:9/a;';
    const app = await startApiHost({ STORAGE_OF_A_TEST: closed, SESSION_STORAGE: 'STORAGE_OF_A_TEST' });
    host = app;

    const [list, details, page] = await Promise.all([
      app.ask('GET', '/sweeps'),
      app.ask('GET', '/health/details'),
      app.ask('GET', '/dashboard/status'),
    ]);

    expect(list).toMatchObject({
      status: 503,
      body: {
        title: 'Storage unreachable',
        detail: expect.stringMatching(/ECONNREFUSED.*Run `doctor` for details\.$/),
      },
    });
    for (const path of ['/runs', '/outcomes', '/upload-sessions', '/dashboard/history']) {
      expect([path, (await app.ask('GET', path)).status]).toEqual([path, 503]);
    }
    expect(details).toMatchObject({ status: 503, body: { status: 'down' } });
    expect(page).toMatchObject({ status: 200, body: { verdict: { level: 'failing' } } });
    expect(page.body['sessions']).toBeUndefined();
    expect(JSON.stringify([list.body, details.body, page.body])).not.toContain('YQ==');
  });

  it('rejects some of many simultaneous heartbeats instead of losing one, and asks to retry them', async () => {
    const app = await startApiHost();
    host = app;

    const answers = await Promise.all(Array.from({ length: 40 }, () => app.ask('PUT', SESSION)));

    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.filter((status) => ![200, 201, 503].includes(status))).toEqual([]);
    for (const { status, headers } of answers) if (status === 503) expect(headers.get('retry-after')).toBe('1');
  });
});
