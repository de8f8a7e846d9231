import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import type { ImageStoreClientOptions } from '../../src/imageStore/imageStoreClient.ts';
import { clientOf, freePort, SESSION, startHttpServer, startScriptedServer, startTcpServer } from './servers.ts';

const GONE = '{"Error":{"Code":"NotFound","Message":"Null"}}';
const errorBody = (code: string): string => JSON.stringify({ Error: { Code: code } });

type Handler = (response: ServerResponse, request: IncomingMessage, connection: number) => void;

const good: Handler = (response) => response.writeHead(404).end(GONE);

/** A gateway that answers by the number of the connection, like a load balancer in front of several nodes. */
async function startGateway(handler: Handler = good) {
  const requests: { method: string | undefined; url: URL }[] = [];
  const server = await startHttpServer((request, response) => {
    requests.push({ method: request.method, url: new URL(request.url ?? '', 'http://gateway') });
    handler(response, request, server.connections.indexOf(request.socket) + 1);
  });
  return { ...server, requests };
}

const proberOf = (gateways: { endpoint: URL }[], options: Partial<ImageStoreClientOptions> = {}) =>
  clientOf(gateways[0] ?? { endpoint: '' }, {
    endpoints: gateways.map(({ endpoint }) => endpoint),
    probeWaitMs: 1,
    ...options,
  });

describe('a probe', () => {
  it('asks to delete a session that does not exist, and ends at once after a good answer', async () => {
    const gateway = await startGateway((response) =>
      response.writeHead(404, { Date: 'Sun, 22 Nov 2026 10:00:01 GMT' }).end(GONE),
    );
    const client = proberOf([gateway]);

    const probes = [await client.probe(), await client.probe()];

    expect(probes[0]).toEqual({
      verdict: 'good',
      clusterDate: new Date('2026-11-22T10:00:01Z'),
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      host: gateway.endpoint.host,
    });
    expect(gateway.requests.map(({ method, url }) => [method, url.pathname, url.searchParams.get('timeout')])).toEqual(
      Array(2).fill(['DELETE', '/ImageStore/$/DeleteUploadSession', '10']),
    );
    const [first, second] = gateway.requests.map(({ url }) => url.searchParams.get('session-id'));
    expect(first).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(second).not.toBe(first);
    expect(gateway.connections.length).toBe(2);
  });

  it.each<[number, string, Record<string, string>, string, string]>([
    [401, '', {}, 'accessDenied', 'accessDenied'],
    [403, '', {}, 'accessDenied', 'accessDenied'],
    [403, errorBody('E_ACCESSDENIED'), {}, 'accessDenied', 'accessDenied'],
    [401, errorBody('FABRIC_E_SERVER_AUTHENTICATION_FAILED'), {}, 'accessDenied', 'accessDenied'],
    [400, errorBody('E_INVALIDARG'), {}, 'unsupportedCluster', 'invalidRequest'],
    [404, errorBody('FABRIC_E_SERVICE_DOES_NOT_EXIST'), {}, 'unsupportedCluster', 'unavailable'],
    [404, errorBody('FABRIC_E_PARTITION_NOT_FOUND'), {}, 'clusterUnavailable', 'unavailable'],
    [400, errorBody('FABRIC_E_INVALID_ADDRESS'), {}, 'clusterUnavailable', 'invalidRequest'],
    [400, '', {}, 'clusterUnavailable', 'foreignAnswer'],
    [401, '<html>Sign in</html>', {}, 'clusterUnavailable', 'foreignAnswer'],
    [403, '<html>Blocked</html>', {}, 'clusterUnavailable', 'foreignAnswer'],
    [403, ' ', {}, 'clusterUnavailable', 'foreignAnswer'],
    [404, '', {}, 'clusterUnavailable', 'foreignAnswer'],
    [404, '<html>NotFound</html>', {}, 'clusterUnavailable', 'foreignAnswer'],
    [404, GONE, { Age: '3' }, 'clusterUnavailable', 'unexpectedAnswer'],
    [404, GONE, { Date: '2026-11-22' }, 'clusterUnavailable', 'unexpectedAnswer'],
    [405, '', {}, 'clusterUnavailable', 'foreignAnswer'],
    [409, errorBody('E_ABORT'), {}, 'clusterUnavailable', 'conflict'],
    [429, '', {}, 'clusterUnavailable', 'foreignAnswer'],
    [200, '', {}, 'clusterUnavailable', 'unexpectedAnswer'],
    [200, '<html>Maintenance</html>', {}, 'clusterUnavailable', 'unexpectedAnswer'],
    [204, '', {}, 'clusterUnavailable', 'unexpectedAnswer'],
    [302, '', { Location: 'https://sign-in.example/' }, 'clusterUnavailable', 'unexpectedAnswer'],
    [500, errorBody('E_FAIL'), {}, 'clusterUnavailable', 'serverError'],
    [502, '<html>', {}, 'clusterUnavailable', 'unavailable'],
    [503, errorBody('FABRIC_E_NOT_READY'), {}, 'clusterUnavailable', 'busy'],
    [504, errorBody('FABRIC_E_TIMEOUT'), {}, 'clusterUnavailable', 'timedOut'],
  ])(
    'answered %d %j %j is %s (%s), after three tries on new connections',
    async (status, body, headers, verdict, kind) => {
      const gateway = await startGateway((response) => response.writeHead(status, headers).end(body));

      const probe = await proberOf([gateway]).probe();

      expect(probe).toMatchObject({ verdict, error: { kind, httpStatus: status, host: gateway.endpoint.host } });
      expect([gateway.requests.length, gateway.connections.length]).toEqual([3, 3]);
    },
  );

  it('without a Date is not good', async () => {
    const gateway = await startGateway((response) => {
      response.sendDate = false;
      response.writeHead(404).end(GONE);
    });

    expect(await proberOf([gateway]).probe()).toMatchObject({
      verdict: 'clusterUnavailable',
      error: { kind: 'unexpectedAnswer', message: expect.stringContaining('no readable Date header') },
    });
  });

  it('without an answer is "clusterUnavailable"', async () => {
    const port = await freePort();
    const cutting = await startScriptedServer((socket) => socket.resetAndDestroy());

    expect(await proberOf([{ endpoint: new URL(`http://127.0.0.1:${port}`) }]).probe()).toMatchObject({
      verdict: 'clusterUnavailable',
      error: { kind: 'unreachable', httpStatus: undefined },
    });
    expect(await proberOf([cutting]).probe()).toMatchObject({ verdict: 'clusterUnavailable' });
    expect(cutting.connections.length).toBe(3);
  });

  it('survives one bad node behind a load balancer', async () => {
    const gateway = await startGateway((response, request, connection) => {
      if (connection === 1) response.writeHead(503).end();
      else good(response, request, connection);
    });

    expect(await proberOf([gateway]).probe()).toMatchObject({ verdict: 'good' });
    expect(gateway.connections.length).toBe(2);
  });

  it('survives a load balancer with two nodes that do not answer', async () => {
    const gateway = await startGateway((response, request, connection) => {
      if (connection <= 2) response.socket?.resetAndDestroy();
      else good(response, request, connection);
    });

    expect(await proberOf([gateway]).probe()).toMatchObject({ verdict: 'good' });
  });

  it.each<[string, Handler]>([
    ['answers badly', (response) => response.writeHead(403).end()],
    ['cuts connections', (response) => response.socket?.resetAndDestroy()],
  ])('asks another endpoint if one %s, and later calls use the good one', async (_, handler) => {
    const bad = await startGateway(handler);
    const other = await startGateway((response, request) => {
      if (request.url?.includes(SESSION)) response.writeHead(200).end();
      else response.writeHead(404).end(GONE);
    });
    const client = proberOf([bad, other]);

    expect(await client.probe()).toMatchObject({ verdict: 'good', host: other.endpoint.host });
    await client.deleteUploadSession(SESSION);

    expect([bad.requests.length, other.requests.length]).toEqual([1, 2]);
  });

  it('asks all endpoints three times before its verdict is bad, and prefers an answer to none', async () => {
    const refusing = await startGateway((response) => response.writeHead(403).end());
    const silent = { endpoint: new URL(`http://127.0.0.1:${await freePort()}`) };

    const probe = await proberOf([refusing, silent]).probe();

    expect(probe).toMatchObject({ verdict: 'accessDenied', error: { host: refusing.endpoint.host } });
    expect(refusing.requests.length).toBe(3);
  });

  it('asks again after the wait of Retry-After', async () => {
    const gateway = await startGateway((response, request, connection) => {
      if (connection === 1) response.writeHead(503, { 'Retry-After': '1' }).end();
      else good(response, request, connection);
    });

    expect(await proberOf([gateway]).probe()).toMatchObject({ verdict: 'good' });
    expect(gateway.requests.length).toBe(2);
  });

  it.each(['0', 'Sun, 22 Nov 2020 10:00:00 GMT'])(
    'waits between its tries although Retry-After asks for no wait: %s',
    async (retryAfter) => {
      const controller = new AbortController();
      const gateway = await startGateway((response) => {
        response.writeHead(503, { 'Retry-After': retryAfter }).end();
        setTimeout(() => controller.abort(), 100);
      });

      const probe = await clientOf(gateway, { probeWaitMs: 60_000 }).probe({ signal: controller.signal });

      expect(probe).toMatchObject({ error: { kind: 'aborted' } });
      expect(gateway.requests.length).toBe(1);
    },
  );

  it('that is aborted while it waits reports that', async () => {
    const controller = new AbortController();
    const gateway = await startGateway((response) => {
      response.writeHead(503, { 'Retry-After': '30' }).end();
      setTimeout(() => controller.abort(), 20);
    });

    expect(await proberOf([gateway]).probe({ signal: controller.signal })).toMatchObject({
      verdict: 'clusterUnavailable',
      error: { kind: 'aborted' },
    });
    expect(gateway.requests.length).toBe(1);
  });

  it('that is aborted before it starts, or while it is answered, reports that', async () => {
    const controller = new AbortController();
    const gateway = await startGateway(() => controller.abort());
    const client = proberOf([gateway]);

    expect(await client.probe({ signal: AbortSignal.abort() })).toMatchObject({ error: { kind: 'aborted' } });
    expect(gateway.requests.length).toBe(0);
    expect(await client.probe({ signal: controller.signal })).toMatchObject({ error: { kind: 'aborted' } });
    expect(gateway.requests.length).toBe(1);
  });

  it('does not wait for sessions that hang on all connections', async () => {
    let hanging = 0;
    let allHang = (): void => {};
    const hang = new Promise<void>((resolve) => {
      allHang = resolve;
    });
    const gateway = await startGateway((response, request, connection) => {
      if (request.method === 'DELETE') {
        good(response, request, connection);
        return;
      }
      hanging += 1;
      if (hanging === 32) allHang();
    });
    const client = proberOf([gateway]);
    const controller = new AbortController();
    const { signal } = controller;
    const calls = Array.from({ length: 40 }, () => client.getUploadSession(SESSION, { signal }).catch(() => {}));
    await hang;

    expect(await client.probe()).toMatchObject({ verdict: 'good' });

    controller.abort();
    await Promise.all(calls);
  });

  it('uses a new connection, although kept ones are broken', async () => {
    let connections = 0;
    const gateway = await startTcpServer((socket) => {
      const number = ++connections;
      let answered = 0;
      socket.on('data', (data) => {
        answered += 1;
        if (number === 1 && answered > 1) return; // a kept connection that nobody reads any more
        const body = String(data).includes(SESSION) ? '' : GONE;
        const status = body === '' ? '200 OK' : '404 Not Found';
        const date = new Date().toUTCString();
        socket.write(`HTTP/1.1 ${status}\r\nDate: ${date}\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
      });
    });
    const client = proberOf([gateway]);
    await client.deleteUploadSession(SESSION);

    expect(await client.probe()).toMatchObject({ verdict: 'good' });
    expect(connections).toBe(2);
  });
});
