import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type ApiHost, startApiHost } from '../../support/apiHost.ts';
import { allRows } from '../../support/tables.ts';
import {
  abandon,
  describeAnswers,
  itRejectsInvalidSessionIds,
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

describe('PUT /upload-sessions/{sessionId}', () => {
  it('answers 201 to a registration, and 200 to a heartbeat', async () => {
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

  it('does not retry a given-up session, and does not set an earlier activity', async () => {
    const id = await register(host, { givenUp: true, attempts: 8, lastError: 'busy', color: 'blue' });

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
  ])('answers %i to an invalid body', async (status, body, detail) => {
    const answer = await host.ask('PUT', sessionPath(randomUUID()), body);

    expect(answer).toMatchObject({ status, body: { detail: expect.stringMatching(detail) } });
    expect(await allRows(host.tables.sessions)).toEqual([]);
  });

  it('answers 415 to a form', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };

    expect(await host.ask('PUT', sessionPath(randomUUID()), 'owner=me', form)).toMatchObject({ status: 415 });
  });
});

describe('POST /upload-sessions/{sessionId}/retry', () => {
  it('retries a given-up session, so that the next sweep deletes it', async () => {
    const id = await abandon(host);
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

describe('a path without a valid session id', () => {
  itRejectsInvalidSessionIds(
    () => host,
    [
      ['PUT', ''],
      ['POST', '/retry'],
    ],
  );
});

describeAnswers(() => host, 'registration');
