import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type ApiHost, startApiHost } from '../../support/apiHost.ts';
import { allRows } from '../../support/tables.ts';
import { abandon, describeAnswers, items, register, resetApi, shape } from './routes.ts';

let host: ApiHost;

beforeAll(async () => {
  host = await startApiHost();
});
afterAll(() => host?.stop());
beforeEach(() => resetApi(host));

describe('POST /sweeps', () => {
  it('sweeps, returns the run, and lists it with its outcomes', async () => {
    const id = await abandon(host);

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

  it('reports in a dry run what would happen to each session and why, and changes nothing', async () => {
    const id = await abandon(host);
    const gone = await register(host);
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
    // Only the probe sends a DELETE, for a session that does not exist.
    expect(deletes.filter(({ deleted }) => deleted)).toEqual([]);
    expect(await allRows(host.tables.outcomes)).toEqual([]);
    expect(items((await host.ask('GET', '/sweeps')).body)).toEqual([
      expect.objectContaining({ dryRun: true, bytesToFree: 10 }),
    ]);
  });

  it('cleans up at most `limit` sessions, and only those that are `olderThan`', async () => {
    for (let n = 0; n < 3; n += 1) await register(host);

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
    const id = await abandon(host);

    expect(await host.ask('POST', '/sweeps', order)).toMatchObject({ status: 400 });
    expect((await host.cluster.control.sessions()).map(({ sessionId }) => sessionId)).toContain(id);
    expect(await allRows(host.tables.runs)).toEqual([]);
  });

  it('answers 413 to a long body, and 415 to one that is not JSON', async () => {
    expect((await host.ask('POST', '/sweeps', 'x'.repeat(70_000))).status).toBe(413);
    expect((await host.ask('POST', '/sweeps', '{}', { 'content-type': 'text/plain' })).status).toBe(415);
  });

  it('answers 502 with the run if the cluster has no upload sessions', async () => {
    for (let n = 0; n < 3; n += 1) await register(host);
    await host.cluster.control.setLinux(true);

    const answer = await host.ask('POST', '/sweeps', {});

    expect(answer).toMatchObject({ status: 502, body: { run: { stoppedBy: 'unsupportedCluster', trigger: 'http' } } });
  });

  it('answers 503 with the run and Retry-After if the cluster is unavailable', async () => {
    const id = await abandon(host);
    await host.cluster.control.addFault({ answer: { status: 503, code: 'FABRIC_E_NO_WRITE_QUORUM' } });

    const answer = await host.ask('POST', '/sweeps', {});

    expect(answer).toMatchObject({ status: 503, body: { run: { stoppedBy: 'clusterUnavailable' } } });
    expect(answer.headers.get('retry-after')).toBe('60');
    expect((await host.cluster.control.sessions()).map(({ sessionId }) => sessionId)).toEqual([id]);
  });
});

describeAnswers(() => host, 'sweepNow');
