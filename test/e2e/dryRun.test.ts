import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ApiHost, startApiHost } from '../support/apiHost.ts';
import { until } from '../support/app.ts';
import { allRows } from '../support/tables.ts';

let host: ApiHost;
const ids = Array.from({ length: 3 }, () => randomUUID());

beforeAll(async () => {
  host = await startApiHost({ SWEEP_DRY_RUN: 'true' });
  await host.tables.sessions.createTable();
  const lastActivity = new Date(Date.now() - 3_600_000);
  for (const rowKey of ids) await host.tables.sessions.createEntity({ partitionKey: 'default', rowKey, lastActivity });
});
afterAll(() => host?.stop());

describe('an app with SWEEP_DRY_RUN', () => {
  it('warns at its start that nothing will be cleaned up', async () => {
    expect(await until(() => /Warning: (.*)/.exec(host.output())?.[1])).toContain('SWEEP_DRY_RUN is true');
  });

  it('logs what a scheduled sweep would do, and leaves all rows unchanged', async () => {
    const rows = await allRows(host.tables.sessions);

    const printed = await host.runTimer('sweepStaleSessions');

    for (const id of ids) expect(printed).toContain(`Dry run: {"sessionId":"${id}","outcome":"notFound"`);
    expect(printed).toContain('"dryRun":true');
    expect(await allRows(host.tables.sessions)).toEqual(rows);
    expect(await allRows(host.tables.runs)).toEqual([expect.objectContaining({ dryRun: true, notFound: 3 })]);
  });

  it('makes sweeps on request dry runs too, unless the request says otherwise', async () => {
    const asSet = await host.ask('POST', '/sweeps', { limit: 1 });
    const asTold = await host.ask('POST', '/sweeps', { limit: 1, dryRun: false });

    expect([asSet.body['dryRun'], asTold.body['dryRun']]).toEqual([true, false]);
    expect(await allRows(host.tables.sessions)).toHaveLength(2);
  });

  it('still cleans up one session on request', async () => {
    const [row] = await allRows(host.tables.sessions);

    const answer = await host.ask('DELETE', `/upload-sessions/${row?.rowKey}`);

    expect(answer).toMatchObject({ status: 200, body: { outcome: 'notFound' } });
    expect(await allRows(host.tables.sessions)).toHaveLength(1);
  });
});
