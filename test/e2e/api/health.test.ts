import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type ApiHost, startApiHost } from '../../support/apiHost.ts';
import { allRows } from '../../support/tables.ts';
import { describeAnswers, MINUTE, resetApi, shape } from './routes.ts';

let host: ApiHost;

beforeAll(async () => {
  host = await startApiHost();
});
afterAll(() => host?.stop());
beforeEach(() => resetApi(host));

describe('GET /health', () => {
  it('reports only the status to anyone, and each part to callers with a key', async () => {
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

  it('reports which part fails and why, and records nothing', async () => {
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
  it('are limited to one a minute, except for a caller with a key who asks for a new one', async () => {
    await host.ask('GET', '/health/details?refresh=true');
    await host.cluster.control.clearLog();

    for (let n = 0; n < 5; n += 1) await host.ask('GET', '/health');
    for (let n = 0; n < 5; n += 1) await host.ask('GET', '/health/details');
    const kept = await host.cluster.control.log({});
    await host.ask('GET', '/health/details?refresh=true');

    expect(kept).toEqual([]);
    expect(await host.cluster.control.log({})).toMatchObject([{ operation: 'delete', status: 404 }]);
  });

  it('fail if something answers 200 to everything', async () => {
    await host.cluster.control.setFaults([{ answer: { status: 200 } }]);

    const { status, body } = await host.ask('GET', '/health/details?refresh=true');

    expect(status).toBe(503);
    expect(body['checks']).toContainEqual(expect.objectContaining({ name: 'cluster', status: 'failed' }));
  });
});

describeAnswers(() => host, 'health');
