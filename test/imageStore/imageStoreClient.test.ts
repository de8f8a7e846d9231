import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { clientOf, rejection, SESSION, sessionAnswer, startHttpServer } from './servers.ts';

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A gateway that answers every request with one status and body, and records the requests. */
async function startGateway(status: number, body = '') {
  const requests: IncomingMessage[] = [];
  const server = await startHttpServer((request, response) => {
    requests.push(request);
    response.writeHead(status, { Date: 'Sun, 22 Nov 2026 10:00:01 GMT' }).end(body);
  });
  return { ...server, requests };
}

describe('deleting an upload session', () => {
  it('sends exactly the documented request', async () => {
    const gateway = await startGateway(200);

    await clientOf(gateway).deleteUploadSession(SESSION);

    const [request] = gateway.requests;
    expect(request?.method).toBe('DELETE');
    expect(request?.url).toBe(`/ImageStore/$/DeleteUploadSession?api-version=6.0&session-id=${SESSION}&timeout=60`);
    expect(request?.headers['x-servicefabricrequestid']).toMatch(GUID);
    expect(request?.headers).not.toHaveProperty('clusterid');
    expect(request?.headers).not.toHaveProperty('accept-encoding');
  });

  it('sends no path of the endpoint, and the longest timeout that the cluster accepts', async () => {
    const gateway = await startGateway(200);

    await clientOf(gateway, { timeoutSeconds: 4_294_967_295 }).deleteUploadSession(SESSION);
    await clientOf(gateway).deleteUploadSession(SESSION, { timeoutSeconds: 7 });

    expect(
      gateway.requests.map((request) => new URL(request.url ?? '', gateway.endpoint).searchParams.get('timeout')),
    ).toEqual(['4294967295', '7']);
  });

  it('sends the cluster id if there is one', async () => {
    const gateway = await startGateway(200);

    await clientOf(gateway, { clusterId: 'west-1' }).deleteUploadSession(SESSION);

    expect(gateway.requests[0]?.headers['clusterid']).toBe('west-1');
  });

  it('gives each call its own request id and returns it', async () => {
    const gateway = await startGateway(200);
    const client = clientOf(gateway);

    const answers = [await client.deleteUploadSession(SESSION), await client.deleteUploadSession(SESSION)];

    const sent = gateway.requests.map((request) => request.headers['x-servicefabricrequestid']);
    expect(answers.map(({ requestId }) => requestId)).toEqual(sent);
    expect(new Set(sent).size).toBe(2);
  });

  it('returns the cluster’s clock with a look-up', async () => {
    const gateway = await startGateway(204);
    const { value, clusterDate } = await clientOf(gateway).getUploadSession(SESSION);

    expect(value).toBeUndefined();
    expect(clusterDate).toEqual(new Date('2026-11-22T10:00:01Z'));
  });

  it.each([0, -1, 1.5, Number.NaN, 4_294_967_296])('rejects a timeout of %d seconds', async (timeoutSeconds) => {
    const gateway = await startGateway(200);

    expect(() => clientOf(gateway, { timeoutSeconds })).toThrow(RangeError);
    expect(await rejection(clientOf(gateway).deleteUploadSession(SESSION, { timeoutSeconds }))).toBeInstanceOf(
      RangeError,
    );
  });

  it.each([201, 202, 204, 206, 304])('does not accept %d as a deletion', async (status) => {
    const gateway = await startGateway(status);

    expect(await rejection(clientOf(gateway).deleteUploadSession(SESSION))).toMatchObject({
      kind: 'unexpectedAnswer',
      httpStatus: status,
    });
  });

  it('does not accept a page with status 200 as a deletion', async () => {
    const gateway = await startGateway(200, '<html>Please sign in</html>');

    expect(await rejection(clientOf(gateway).deleteUploadSession(SESSION))).toMatchObject({
      kind: 'unexpectedAnswer',
      httpStatus: 200,
    });
  });
});

describe('asking for an upload session', () => {
  it('sends exactly the documented request and reads the session', async () => {
    const gateway = await startGateway(200, sessionAnswer({ SessionId: SESSION.toUpperCase() }));

    const answer = await clientOf(gateway).getUploadSession(SESSION);

    expect(gateway.requests[0]?.method).toBe('GET');
    expect(gateway.requests[0]?.url).toBe(
      `/ImageStore/$/GetUploadSession?api-version=6.0&session-id=${SESSION}&timeout=60`,
    );
    expect(answer.value).toEqual({
      sessionId: SESSION,
      storeRelativePath: 'App/Code/a.zip',
      fileSizeBytes: 1_048_576,
      modifiedAt: new Date('2026-11-22T10:00:00.000Z'),
      missingRanges: [{ start: 0, end: 9 }],
    });
  });

  it.each([
    [204, ''],
    [404, '{"Error":{"Code":"NotFound","Message":"Null"}}'],
  ])('reads %d %s as "no such session", with the cluster’s clock', async (status, body) => {
    const gateway = await startGateway(status, body);

    const { value, clusterDate, httpStatus } = await clientOf(gateway).getUploadSession(SESSION);

    expect({ value, httpStatus }).toEqual({ value: undefined, httpStatus: status });
    expect(clusterDate).toBeInstanceOf(Date);
  });

  it.each([201, 202, 206])('does not accept %d as an answer', async (status) => {
    const gateway = await startGateway(status, sessionAnswer());

    expect(await rejection(clientOf(gateway).getUploadSession(SESSION))).toMatchObject({
      kind: 'unexpectedAnswer',
      httpStatus: status,
    });
  });

  it('rejects an answer about another session', async () => {
    const gateway = await startGateway(200, sessionAnswer({ SessionId: '11111111-8b86-d011-b42d-00c04fc964ff' }));

    expect(await rejection(clientOf(gateway).getUploadSession(SESSION))).toMatchObject({
      kind: 'unexpectedAnswer',
      message: expect.stringContaining('another upload session'),
    });
  });
});
