import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ROUTES } from '../../src/functions/routing/routes.ts';
import { type ApiHost, startApiHost } from '../support/apiHost.ts';

const KEYED = Object.values(ROUTES).filter(({ authLevel }) => authLevel === 'function');
const SESSION = `/upload-sessions/${randomUUID()}`;

let app: ApiHost;
beforeAll(async () => {
  app = await startApiHost();
});
afterAll(() => app?.stop());
beforeEach(() => app.cluster.control.clearLog());

const deletes = async () => (await app.cluster.control.log()).filter(({ operation }) => operation === 'delete').length;

/** Sends the given bytes, such as those of a client that streams its body. @returns the status and the body */
function send(head: string, body: string): Promise<string> {
  const { hostname, port } = new URL(app.address);
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(port), hostname, () => {
      socket.write(`${head}\r\nHost: ${hostname}:${port}\r\nConnection: close\r\n`);
      socket.write(`Transfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`);
    });
    socket.setEncoding('utf8').on('data', (text: string) => {
      answer += text;
    });
    socket.on('end', () => resolve(answer)).on('error', reject);
  });
}

describe('an invalid request', () => {
  it.each([
    ['of another spelling', 'only_if_stale=true', /only_if_stale is unknown; known names: onlyIfStale/],
    ['that is unknown', 'force=true', /force is unknown/],
    ['that is unknown and empty', 'force=', /^force is unknown; known names: onlyIfStale\.$/],
    ['that is repeated', 'onlyIfStale=true&onlyIfStale=false', /onlyIfStale is given more than once/],
    ['that is repeated in another case', 'onlyIfStale=true&ONLYIFSTALE=true', /onlyIfStale is given more than once/],
    ['that is empty', 'onlyIfStale=', /onlyIfStale is empty/],
    ['without a value', 'onlyIfStale', /onlyIfStale is empty/],
    ['of another word', 'onlyIfStale=yes', /onlyIfStale is "yes", but must be one of true, false/],
    ['that is a prototype member', '__proto__=1', /__proto__ is unknown/],
  ])('is rejected for a parameter %s, and nothing is deleted', async (_, query, reason) => {
    const { status, body } = await app.ask('DELETE', `${SESSION}?${query}`);

    expect(status).toBe(400);
    expect(body['detail']).toMatch(reason);
    expect(await deletes()).toBe(0);
  });

  it('is not rejected for the case of a parameter, or for the key of the platform', async () => {
    expect((await app.ask('DELETE', `${SESSION}?onlyifstale=true&code=k&clientId=c`)).status).toBe(200);
  });

  it.each([
    ...KEYED.map(
      ({ method, path }) => [method, `${path.replaceAll(/\{\w+\}/g, () => randomUUID())}?all=true`] as const,
    ),
    ['GET', '/outcomes?limit=1&limit=2'] as const,
    ['GET', '/sweeps?since='] as const,
    ['GET', '/sweeps?since=2026-02-31T10:00:00Z'] as const,
    ['GET', '/sweeps?since=2026-02-28T24:00:00Z'] as const,
    ['GET', '/sweeps?since=2026-02-28T10:00:00'] as const,
  ])('is rejected on every route: %s %s', async (method, path) => {
    expect((await app.ask(method, path, method === 'POST' || method === 'PUT' ? {} : undefined)).status).toBe(400);
  });

  it.each([
    ['DELETE', SESSION, '{"onlyIfStale":true}'],
    ['POST', `${SESSION}/retry`, '{"all":true}'],
  ])('is rejected for a body that the route does not read: %s %s', async (method, path, body) => {
    const { status, body: problem } = await app.ask(method, path, body);

    expect(status).toBe(400);
    expect(problem['detail']).toMatch(/body is not read by this route/);
    expect(await deletes()).toBe(0);
  });

  it('is rejected without a required body', async () => {
    const { status, body } = await app.ask('POST', '/sweeps');

    expect(status).toBe(400);
    expect(body['detail']).toBe('body is empty; send {} for the defaults.');
  });

  it.each([
    ['POST /api/sweeps HTTP/1.1\r\nContent-Type: application/json', '{"dryRun":true}'],
    [`PUT /api${SESSION} HTTP/1.1\r\nContent-Type: application/json`, '{"lastActivity":"2026-01-01T00:00:00Z"}'],
    [`PUT /api${SESSION} HTTP/1.1`, '{"owner":"me"}'],
    [`DELETE /api${SESSION} HTTP/1.1`, '{"onlyIfStale":true}'],
  ])('is rejected with 411 if its body was streamed and did not arrive: %s', async (head, body) => {
    const answer = await send(head, body);

    expect(answer).toMatch(/^HTTP\/1.1 411 /);
    expect(answer).toMatch(/has no Content-Length header\. Send that header/);
    expect(await deletes()).toBe(0);
  });

  it.each([
    ['repeats a member', '{"dryRun":true,"dryRun":false}', 400, /dryRun is given more than once/],
    ['repeats a member in an escape', '{"dryRun":true,"dry\\u0052un":false}', 400, /dryRun is given more than once/],
    ['misspells a member', '{"dryrun":true}', 400, /dryrun is unknown/],
    ['misspells several', '{"dryrun":true,"Limit":1}', 400, /dryrun is unknown.*Limit is unknown/],
    ['has a prototype as a member', '{"__proto__":{"dryRun":true}}', 400, /__proto__ is unknown/],
    ['is null', 'null', 400, /body must be a JSON object/],
    ['has null as a value', '{"dryRun":null}', 400, /dryRun is null, but must be true or false/],
    [
      'has a number without end',
      '{"limit":1e400}',
      400,
      /^limit is Infinity, but must be a whole number from 1 to 1000000000\.$/,
    ],
    ['has a blank owner', '{"owner":" "}', 400, /owner is " ", but must be .* not blank/],
    ['is a list', '[]', 400, /body must be a JSON object/],
    [
      'is nested deeper than any answer could show',
      `{"limit":${'['.repeat(30_000)}${']'.repeat(30_000)}}`,
      400,
      /limit is a list/,
    ],
    ['has a text that is long', `{"limit":"${'x'.repeat(5_000)}"}`, 400, /limit is "x+"?, but must be/],
  ])('is rejected if its body %s', async (_, body, status, reason) => {
    const answer = await app.ask('POST', '/sweeps', body);

    expect(answer.status).toBe(status);
    expect(answer.body['detail']).toMatch(reason);
    expect(await deletes()).toBe(0);
  });

  it('is rejected if its body is not UTF-8, and stores nothing', async () => {
    const put = (body: Uint8Array<ArrayBuffer>, type: string) =>
      fetch(`${app.address}/api${SESSION}`, { method: 'PUT', body, headers: { 'content-type': type } });
    const latin1 = new Uint8Array(Buffer.from('{"owner":"Jürgen"}', 'latin1'));

    const undecodable = await put(latin1, 'application/json');
    const otherCharset = await put(latin1, 'application/json; charset=iso-8859-1');

    expect([undecodable.status, otherCharset.status]).toEqual([400, 415]);
    expect((await app.ask('GET', SESSION)).body).not.toHaveProperty('registered');
  });

  it('is a heartbeat if it is a PUT without a body', async () => {
    const path = `/upload-sessions/${randomUUID()}`;
    expect((await app.ask('PUT', path)).status).toBe(201);
  });
});

describe('a sweep below STALE_AFTER', () => {
  it('must be confirmed, unless it is a dry run', async () => {
    const refused = await app.ask('POST', '/sweeps', { olderThan: '1m' });
    const dry = await app.ask('POST', '/sweeps', { olderThan: '1m', dryRun: true });
    const meant = await app.ask('POST', '/sweeps', { olderThan: '1m', belowStaleAfter: true });

    expect(refused).toMatchObject({ status: 409, body: { title: 'Less than STALE_AFTER' } });
    expect(refused.body['detail']).toMatch(/"belowStaleAfter": true/);
    expect([dry.status, meant.status]).toEqual([200, 200]);
  });
});

describe('every answer', () => {
  it.each([
    ['GET', '/sweeps'],
    ['GET', '/health'],
    ['GET', '/outcomes?limit=0'],
    ['DELETE', SESSION],
  ])('must not be cached: %s %s', async (method, path) => {
    expect((await app.ask(method, path)).headers.get('cache-control')).toBe('no-store');
  });
});
