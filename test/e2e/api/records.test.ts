import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type ApiHost, startApiHost } from '../../support/apiHost.ts';
import { allRows } from '../../support/tables.ts';
import { describeAnswers, ids, items, minutesAgo, register, resetApi, sessionPath, shape } from './routes.ts';

let host: ApiHost;

beforeAll(async () => {
  host = await startApiHost();
});
afterAll(() => host?.stop());
beforeEach(() => resetApi(host));

describe('GET /outcomes, GET /runs and GET /sweeps', () => {
  it('page and filter by outcome, session and time', async () => {
    const id = randomUUID();
    for (let n = 0; n < 3; n += 1) await host.ask('DELETE', sessionPath(id));
    await register(host, {}, 'no-guid');
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
  it('reports the runs of a sweep as one, and answers 404 for another sweep', async () => {
    await register(host, {}, 'no-guid');
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

describe('purgeOutcomes', () => {
  it('deletes outcomes and runs that are too old, and keeps the others', async () => {
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

describeAnswers(() => host, 'records');
