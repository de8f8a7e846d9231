import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type ApiHost, startApiHost } from '../../support/apiHost.ts';
import { describeAnswers, describedAnswers, GROUPS, resetApi } from './routes.ts';

let host: ApiHost;

beforeAll(async () => {
  host = await startApiHost();
});
afterAll(() => host?.stop());
beforeEach(() => resetApi(host));

describe('the description', () => {
  it('describes itself', async () => {
    expect(await host.ask('GET', '/openapi.json')).toMatchObject({ status: 200, body: { openapi: '3.1.1' } });
  });

  it('contains the page and the routes that the page polls', async () => {
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

  it('has each route in one group, whose tests must see all its answers', () => {
    const groupsOf = (described: string) => Object.values(GROUPS).filter((group) => group.test(described));

    expect(describedAnswers(host.description).filter((one) => groupsOf(one).length !== 1)).toEqual([]);
  });
});

describeAnswers(() => host, 'description');
