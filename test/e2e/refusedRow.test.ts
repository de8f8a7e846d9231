import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startTableProxy, type TableProxy } from '../faults/tableProxy.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { allRows, connection, writeRows } from '../support/tables.ts';

const { connectionString } = connection;
const TABLES = /TableEndpoint=(http:\/\/[^/;]+)/.exec(connectionString)?.[1] ?? '';

let proxy: TableProxy;
let app: TestApp;

beforeAll(async () => {
  proxy = await startTableProxy(TABLES);
  app = await startApp({ SESSION_STORAGE: 'Limited', Limited: connectionString.replace(TABLES, proxy.endpoint) });
});
afterAll(async () => {
  await app.close();
  await proxy.close();
});

it('reports a row that the storage rejects, and records all others', async () => {
  const lastActivity = new Date(Date.now() - 20 * 60_000);
  const abandoned = Array.from({ length: 120 }, () => randomUUID());
  const active = randomUUID();
  await app.cluster.control.addSessions(abandoned, 20 * 60_000);
  await app.cluster.control.addSessions([active], 0);
  await writeRows(
    app.tables.sessions,
    [active, ...abandoned].map((rowKey) => ({ partitionKey: 'default', rowKey, lastActivity })),
  );
  // Its last chunk should be written into a row that has the maximum number of columns.
  proxy.refuseChanges(new Map([[active, 'TooManyProperties']]));

  const run = await app.sweep();

  expect(run).toMatchObject({ stoppedBy: 'error', deleted: 120, active: 1, rowsRefused: 1 });
  expect(run['error']).toContain(`refuses to write the row "${active}" in partition "default" (TooManyProperties)`);
  expect(app.host.output()).toContain('A row could not be written.');
  const recorded = (await allRows(app.tables.outcomes)).map(({ sessionId }) => sessionId);
  expect(recorded.toSorted()).toEqual([active, ...abandoned].toSorted());
  expect((await allRows(app.tables.sessions)).map(({ rowKey }) => rowKey)).toEqual([active]);
  expect(proxy.refusedRows).toEqual([active]);
});

it('answers 507 for a row that the storage refuses to write, as the description says', async () => {
  const sessionId = randomUUID();
  const givenUp = { partitionKey: 'default', rowKey: sessionId, lastActivity: new Date(), givenUp: true };
  await writeRows(app.tables.sessions, [givenUp]);
  proxy.refuseChanges(new Map([[sessionId, 'TooManyProperties']]));
  const path = `/api/upload-sessions/${sessionId}`;
  const { paths } = (await (await fetch(`${app.url}/api/openapi.json`)).json()) as Described;
  const described = { put: paths['/upload-sessions/{sessionId}'], post: paths['/upload-sessions/{sessionId}/retry'] };

  const answers = await Promise.all([
    fetch(`${app.url}${path}`, { method: 'PUT' }),
    fetch(`${app.url}${path}/retry`, { method: 'POST' }),
  ]);

  for (const answer of answers) {
    expect(answer.status).toBe(507);
    expect(await answer.json()).toMatchObject({
      title: 'The row is full',
      detail: expect.stringContaining(`write the row "${sessionId}"`),
      errorCode: 'TooManyProperties',
    });
  }
  expect(described.put?.['put']?.responses).toHaveProperty('507');
  expect(described.post?.['post']?.responses).toHaveProperty('507');
});

it('answers 507 if the storage refuses to record the outcome of a deletion, which a repeated call records', async () => {
  const sessionId = randomUUID();
  await app.cluster.control.addSessions([sessionId], 0);
  const path = `/api/upload-sessions/${sessionId}`;
  const { paths } = (await (await fetch(`${app.url}/api/openapi.json`)).json()) as Described;

  proxy.refuseKeysWith(sessionId, 'EntityTooLarge');
  const refused = await fetch(`${app.url}${path}`, { method: 'DELETE' });
  proxy.refuseKeysWith(randomUUID(), '');
  const repeated = await fetch(`${app.url}${path}`, { method: 'DELETE' });

  expect(refused.status).toBe(507);
  expect(await refused.json()).toMatchObject({
    title: 'The outcome could not be recorded',
    detail: expect.stringContaining(`record the outcome of the row "${sessionId}"`),
    errorCode: 'EntityTooLarge',
  });
  expect(await repeated.json()).toMatchObject({ sessionId, outcome: 'notFound' });
  expect(paths['/upload-sessions/{sessionId}']?.['delete']?.responses).toHaveProperty('507');
});

interface Described {
  paths: Record<string, Record<string, { responses: object }>>;
}
