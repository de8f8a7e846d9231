import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { get as httpGet, type IncomingMessage, type ServerResponse } from 'node:http';
import { Worker } from 'node:worker_threads';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Answered, UploadSession } from '../../src/cleanup/model/uploadSession.ts';
import {
  atEnd,
  clientOf,
  rejection,
  SESSION,
  sessionAnswer,
  startHttpServer,
  startScriptedServer,
  startTcpServer,
} from './servers.ts';

const ALWAYS = () => true;

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

const found: Answer = (response) => response.writeHead(200).end(sessionAnswer());
const deleted: Answer = (response) => response.writeHead(200).end();

/** A gateway that records its requests, and answers look-ups and DELETEs as the test specifies. */
async function startGateway(answers: { get?: Answer; delete?: Answer } = {}) {
  const requests: IncomingMessage[] = [];
  const server = await startHttpServer((request, response) => {
    requests.push(request);
    const answer = request.method === 'GET' ? (answers.get ?? found) : (answers.delete ?? deleted);
    answer(response, request);
  });
  return { ...server, requests, methods: () => requests.map(({ method }) => method) };
}

/** A gateway in its own thread, which answers while the test's thread is busy. */
const THREADED_GATEWAY = `
  const { createServer } = require('node:http');
  const { parentPort, workerData } = require('node:worker_threads');
  const server = createServer((request, response) => {
    parentPort.postMessage(request.method);
    setTimeout(() => response.end(request.method === 'GET' ? workerData : ''), 50);
  });
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

/** Blocks the event loop. */
function block(milliseconds: number): void {
  for (const end = performance.now() + milliseconds; performance.now() < end; );
}

const headOf = (status: string) => `HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`;
const sessionHead = () => `HTTP/1.1 200 OK\r\nContent-Length: ${sessionAnswer().length}\r\n\r\n${sessionAnswer()}`;

describe('a guarded DELETE', () => {
  it('follows its look-up on the same connection, and reports both', async () => {
    const gateway = await startGateway();
    const looks: Answered<UploadSession | undefined>[] = [];

    const { look, deleted } = await clientOf(gateway).deleteUploadSessionIf(SESSION, (one) => {
      looks.push(one);
      return true;
    });

    expect(looks).toEqual([look]);
    expect(look.value).toMatchObject({ sessionId: SESSION, storeRelativePath: 'App/Code/a.zip' });
    expect([look.httpStatus, deleted?.httpStatus]).toEqual([200, 200]);
    const [lookUp, removal] = gateway.requests;
    expect(lookUp?.headers).toMatchObject({
      'x-servicefabricrequestid': look.requestId,
      'cache-control': 'no-cache',
    });
    expect(removal?.headers['x-servicefabricrequestid']).toBe(deleted?.requestId);
    expect(deleted?.requestId).not.toBe(look.requestId);
    expect(gateway.methods()).toEqual(['GET', 'DELETE']);
    expect(gateway.connections.length).toBe(1);
  });

  it('is not sent when the look-up forbids it', async () => {
    const gateway = await startGateway();

    const result = await clientOf(gateway).deleteUploadSessionIf(SESSION, () => false);

    expect(result).toMatchObject({ look: { httpStatus: 200 } });
    expect(result).not.toHaveProperty('deleted');
    expect(gateway.methods()).toEqual(['GET']);
  });

  it('is also the caller’s decision if there is no such session', async () => {
    const gateway = await startGateway({ get: (response) => response.writeHead(204).end() });

    const { look } = await clientOf(gateway).deleteUploadSessionIf(SESSION, ({ value }) => value !== undefined);

    expect(look).toMatchObject({ value: undefined, httpStatus: 204 });
    expect(gateway.methods()).toEqual(['GET']);
  });

  it('is not sent if the decision throws, and its slot is released', async () => {
    const gateway = await startGateway();
    const client = clientOf(gateway, { maxConnections: 1 });
    const oops = new Error('oops');

    const error = await rejection(
      client.deleteUploadSessionIf(SESSION, () => {
        throw oops;
      }),
    );

    expect(error).toBe(oops);
    await client.deleteUploadSessionIf(SESSION, ALWAYS);
    expect(gateway.methods()).toEqual(['GET', 'GET', 'DELETE']);
  });

  it.each([
    [60, '60', '5'],
    [3, '3', '3'],
  ])('with a timeout of %d s looks up with %s s, and deletes with %s s', async (timeoutSeconds, look, removal) => {
    const gateway = await startGateway();

    await clientOf(gateway).deleteUploadSessionIf(SESSION, ALWAYS, { timeoutSeconds });

    expect(gateway.requests.map(({ url }) => new URL(url ?? '', 'http://gateway').searchParams.get('timeout'))).toEqual(
      [look, removal],
    );
  });

  it.each([
    [503, 'busy', 'FABRIC_E_NOT_PRIMARY'],
    [404, 'unavailable', 'FABRIC_E_SERVICE_DOES_NOT_EXIST'],
    [407, 'foreignAnswer', undefined],
  ])('is not sent after a look-up that is answered %d', async (status, kind, code) => {
    const body = code === undefined ? '' : JSON.stringify({ Error: { Code: code } });
    const gateway = await startGateway({ get: (response) => response.writeHead(status).end(body) });

    const error = await rejection(clientOf(gateway).deleteUploadSessionIf(SESSION, ALWAYS));

    expect(error).toMatchObject({ kind, deleteSent: false });
    expect(gateway.methods()).toEqual(['GET']);
  });

  it.each([
    [200, { Age: '1' }],
    [204, { Age: '86400' }],
    [204, { Age: '0, 7' }],
    [200, { Warning: '110 - "Response is Stale"' }],
    [204, { 'Cache-Status': 'ExampleCache; hit; ttl=30' }],
    [204, { 'X-Cache': 'HIT from proxy' }],
    [200, { 'X-Cache': 'TCP_HIT' }],
    [200, { 'X-Cache': 'TCP_REMOTE_HIT' }],
    [204, { 'CDN-Cache-Status': 'HIT' }],
    [200, { 'X-Nginx-Cache': 'STALE' }],
    [404, { Age: '500' }],
  ])('is not sent after a cache’s answer: %d %j', async (status, headers) => {
    const bodies: Record<number, string> = { 200: sessionAnswer(), 404: '{"Error":{"Code":"NotFound"}}' };
    const gateway = await startGateway({
      get: (response) => response.writeHead(status, headers).end(bodies[status] ?? ''),
    });
    const client = clientOf(gateway);

    for (const call of [client.deleteUploadSessionIf(SESSION, ALWAYS), client.getUploadSession(SESSION)]) {
      expect(await rejection(call)).toMatchObject({
        kind: 'unexpectedAnswer',
        retryable: true,
        message: expect.stringContaining('it comes from a cache'),
      });
    }
    expect(gateway.methods()).toEqual(['GET', 'GET']);
  });

  it.each([
    { Age: '0' },
    { Constructor: 'Age', __proto__x: '1' },
    { 'X-Cache': 'MISS from proxy', 'X-Cache-Lookup': 'HIT from proxy' },
    { 'X-Cache': 'CONFIG_NOCACHE', 'Cache-Control': 'no-cache, stale-while-revalidate=0' },
    { 'X-Cache': 'MISS from whit.example' },
    { 'Cache-Status': 'ExampleCache; fwd=miss' },
  ])('follows an answer that came through a cache, but not from it: %j', async (headers) => {
    const gateway = await startGateway({ get: (response) => response.writeHead(200, headers).end(sessionAnswer()) });

    await clientOf(gateway).deleteUploadSessionIf(SESSION, ALWAYS);

    expect(gateway.methods()).toEqual(['GET', 'DELETE']);
  });
});

describe('a guarded DELETE whose time cannot be checked', () => {
  const created = channel('http.client.request.created');
  beforeEach(() => {
    created.publish = () => {};
    // Removes the override.
    atEnd(() => Reflect.deleteProperty(created, 'publish'));
  });

  it('is not sent: its look-up fails if the runtime does not show the request', async () => {
    const gateway = await startGateway();

    const error = await rejection(clientOf(gateway).deleteUploadSessionIf(SESSION, ALWAYS));

    expect(String(error)).toMatch(/could not be watched/);
    expect(gateway.methods()).toEqual(['GET']);
  });

  it('ends by its deadline, too', async () => {
    const gateway = await startGateway({ get: () => {} });
    const client = clientOf(gateway, { graceMs: 0 });

    const error = await rejection(client.deleteUploadSessionIf(SESSION, ALWAYS, { timeoutSeconds: 1 }));

    expect(error).toMatchObject({ kind: 'timedOut', deleteSent: false });
  });
});

describe('a guarded DELETE beside a library that sends a request whenever it sees one', () => {
  it('is ended by its deadline', async () => {
    const other = await startHttpServer((_, response) => response.end());
    let isOwn = false;
    const onCreated = () => {
      if (isOwn) return;
      isOwn = true;
      httpGet(other.endpoint, { agent: false });
      isOwn = false;
    };
    subscribe('http.client.request.created', onCreated);
    atEnd(() => unsubscribe('http.client.request.created', onCreated));
    const closed = Promise.withResolvers<void>();
    const gateway = await startGateway({ delete: (response) => response.on('close', closed.resolve) });
    const client = clientOf(gateway, { graceMs: 0 });

    const error = await rejection(client.deleteUploadSessionIf(SESSION, ALWAYS, { timeoutSeconds: 1 }));

    expect(error).toMatchObject({ kind: 'timedOut', deleteSent: true });
    expect(gateway.methods()).toEqual(['GET', 'DELETE']);
    await closed.promise;
  });
});

describe('a guarded DELETE that comes too late', () => {
  it('is not sent, on a kept connection', async () => {
    const gateway = await startGateway();
    const client = clientOf(gateway, { guardLastsMs: 50 });

    const error = await rejection(
      client.deleteUploadSessionIf(SESSION, () => {
        block(60);
        return true;
      }),
    );

    expect(error).toMatchObject({
      kind: 'tooLate',
      retryable: true,
      deleteSent: false,
      httpStatus: undefined,
      requestId: expect.any(String),
      message: expect.stringContaining('0.05 s old.'),
    });
    await client.deleteUploadSessionIf(SESSION, ALWAYS);
    expect(gateway.methods()).toEqual(['GET', 'GET', 'DELETE']);
  });

  it('is not sent if a new connection took too long', async () => {
    let connected = 0;
    // Each answer ends its connection, so the DELETE needs another; that one is accepted late.
    const gateway = await startGateway({
      get: (response) => response.writeHead(200, { Connection: 'close' }).end(sessionAnswer()),
    });
    gateway.connections.length = 0;
    const client = clientOf(gateway, { guardLastsMs: 50 });

    const error = await rejection(
      client.deleteUploadSessionIf(SESSION, () => {
        connected = gateway.connections.length;
        // The connection is begun in this tick, and stands in a later one.
        setImmediate(() => block(100));
        return true;
      }),
    );

    expect(connected).toBe(1);
    expect(error).toMatchObject({ kind: 'tooLate', deleteSent: false });
    expect(gateway.methods()).toEqual(['GET']);
  });

  it('is not sent if the process was busy when the look-up’s answer arrived', async () => {
    const worker = new Worker(THREADED_GATEWAY, { eval: true, workerData: sessionAnswer() });
    atEnd(() => worker.terminate());
    const methods: string[] = [];
    const [port] = (await once(worker, 'message')) as [number];
    worker.on('message', (method) => {
      methods.push(method);
      if (methods.length === 1) block(600);
    });
    const client = clientOf({ endpoint: `http://127.0.0.1:${port}` }, { guardLastsMs: 300 });

    const error = await rejection(client.deleteUploadSessionIf(SESSION, ALWAYS));
    await client.deleteUploadSessionIf(SESSION, ALWAYS);

    expect(error).toMatchObject({ kind: 'tooLate', deleteSent: false });
    expect(methods).toEqual(['GET', 'GET', 'DELETE']);
  });

  it('is one that would be more than 2 s after its look-up', async () => {
    const gateway = await startGateway();

    const error = await rejection(
      clientOf(gateway).deleteUploadSessionIf(SESSION, () => {
        block(2_010);
        return true;
      }),
    );

    expect(error).toMatchObject({ kind: 'tooLate' });
    expect(gateway.methods()).toEqual(['GET']);
  });

  it('does not occur because of a missing slot: look-up and DELETE share one', async () => {
    const order: string[] = [];
    const gateway = await startGateway({
      get: (response) => {
        order.push('GET');
        setTimeout(() => found(response, response.req), 20);
      },
      delete: (response) => {
        order.push('DELETE');
        deleted(response, response.req);
      },
    });
    const client = clientOf(gateway, { maxConnections: 1 });

    await Promise.all(Array.from({ length: 4 }, () => client.deleteUploadSessionIf(SESSION, ALWAYS)));

    expect(order).toEqual(['GET', 'DELETE', 'GET', 'DELETE', 'GET', 'DELETE', 'GET', 'DELETE']);
  });
});

describe('a guarded DELETE that fails', () => {
  it.each([
    [504, 'FABRIC_E_TIMEOUT', 'timedOut', true],
    [503, 'FABRIC_E_NOT_PRIMARY', 'busy', true],
    [500, 'E_FAIL', 'serverError', true],
    [502, undefined, 'unavailable', true],
    [408, undefined, 'foreignAnswer', true],
    [404, 'NotFound', 'notFound', false],
    [400, 'E_INVALIDARG', 'invalidRequest', false],
    [403, undefined, 'accessDenied', false],
  ])('with %d %s is %s; the DELETE may have been carried out: %s', async (status, code, kind, deleteSent) => {
    const body = code === undefined ? '' : JSON.stringify({ Error: { Code: code } });
    const gateway = await startGateway({ delete: (response) => response.writeHead(status).end(body) });

    const error = await rejection(clientOf(gateway).deleteUploadSessionIf(SESSION, ALWAYS));

    expect(error).toMatchObject({ kind, deleteSent, httpStatus: status });
    expect(gateway.methods()).toEqual(['GET', 'DELETE']);
  });

  it('because the gateway receives it and cuts the connection is not sent to another gateway', async () => {
    const second = await startGateway();
    const first = await startGateway({
      delete: (response) => setTimeout(() => response.socket?.resetAndDestroy(), 150),
    });
    const client = clientOf(first, { endpoints: [first.endpoint, second.endpoint] });

    const error = await rejection(client.deleteUploadSessionIf(SESSION, ALWAYS));

    expect(error).toMatchObject({ kind: 'unreachable', retryable: true, deleteSent: true });
    expect(second.methods()).toEqual([]);
    // The next try begins with the guard, at the other gateway.
    await client.deleteUploadSessionIf(SESSION, ALWAYS);
    expect([first.methods(), second.methods()]).toEqual([
      ['GET', 'DELETE'],
      ['GET', 'DELETE'],
    ]);
  });

  it('because its connection was cut at once is not sent again on a new one', async () => {
    const requests: string[] = [];
    const gateway = await startTcpServer((socket) => {
      socket.on('data', (data) => {
        const [method = ''] = String(data).split(' ');
        requests.push(method);
        if (method === 'GET') socket.write(sessionHead());
        else socket.resetAndDestroy();
      });
    });

    const error = await rejection(clientOf(gateway).deleteUploadSessionIf(SESSION, ALWAYS));

    expect(error).toMatchObject({ kind: 'unreachable', deleteSent: true });
    expect(requests).toEqual(['GET', 'DELETE']);
  });

  it('because its new connection was refused was not sent, and is not sent to another gateway', async () => {
    const second = await startGateway();
    const first = await startTcpServer((socket) => {
      socket.on('data', async () => {
        socket.end(sessionHead().replace('\r\n', '\r\nConnection: close\r\n'));
      });
    });
    const client = clientOf(first, { endpoints: [first.endpoint, second.endpoint] });

    const error = await rejection(
      client.deleteUploadSessionIf(SESSION, () => {
        void first.close();
        return true;
      }),
    );

    expect(error).toMatchObject({ kind: 'unreachable', deleteSent: false });
    expect(second.methods()).toEqual([]);
  });

  it('because it is never answered ends after its own timeout, not after the look-up’s', async () => {
    const gateway = await startGateway({ delete: () => {} });

    const error = await rejection(
      clientOf(gateway, { graceMs: -4_900 }).deleteUploadSessionIf(SESSION, ALWAYS, { timeoutSeconds: 60 }),
    );

    expect(error).toMatchObject({ kind: 'timedOut', retryable: true, deleteSent: true });
    expect(error).toMatchObject({ message: expect.stringContaining('No gateway answered within 0.1 s') });
  });

  it('because its caller aborts it may have been carried out', async () => {
    const controller = new AbortController();
    const gateway = await startGateway({ delete: () => controller.abort() });

    const error = await rejection(
      clientOf(gateway).deleteUploadSessionIf(SESSION, ALWAYS, { signal: controller.signal }),
    );

    expect(error).toMatchObject({ kind: 'aborted', deleteSent: true });
  });

  it('because its caller aborted during its decision was not sent', async () => {
    const controller = new AbortController();
    const gateway = await startGateway();

    const error = await rejection(
      clientOf(gateway).deleteUploadSessionIf(
        SESSION,
        () => {
          controller.abort();
          return true;
        },
        { signal: controller.signal },
      ),
    );

    expect(error).toMatchObject({ kind: 'aborted', deleteSent: false });
    expect(gateway.methods()).toEqual(['GET']);
  });
});

describe('a guarded DELETE’s connection', () => {
  it('is a new one if the look-up’s was closed, although an older one is idle', async () => {
    const paths: [number, string][] = [];
    let connections = 0;
    const gateway = await startTcpServer((socket) => {
      const number = ++connections;
      socket.on('data', (data) => {
        const [method = ''] = String(data).split(' ');
        paths.push([number, method]);
        // The second connection closes after its first answer.
        if (method === 'GET' && number === 2) socket.end(sessionHead().replace('\r\n', '\r\nConnection: close\r\n'));
        else socket.write(method === 'GET' ? sessionHead() : headOf('200 OK'));
      });
    });
    const client = clientOf(gateway);
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    // Makes two connections, of which the first becomes idle while the second serves the look-up.
    const slow = gate.then(() => {});
    const [first] = await Promise.all([
      client.getUploadSession(SESSION),
      client.deleteUploadSessionIf(SESSION, () => {
        release();
        return true;
      }),
      slow,
    ]);

    expect(first.httpStatus).toBe(200);
    expect(paths.map(([number, method]) => `${method} on ${number}`).sort()).toEqual([
      'DELETE on 3',
      'GET on 1',
      'GET on 2',
    ]);
  });

  it('was never idle for long: it works with a gateway that answers once on each connection', async () => {
    const gateway = await startScriptedServer((socket) => {
      socket.end(sessionHead().replace('\r\n', '\r\nConnection: close\r\n'));
    });

    // The DELETE's answer has a body here, which shows that it was sent and answered.
    expect(await rejection(clientOf(gateway).deleteUploadSessionIf(SESSION, ALWAYS))).toMatchObject({
      kind: 'unexpectedAnswer',
      httpStatus: 200,
      deleteSent: true,
    });
    expect(gateway.connections.length).toBe(2);
  });
});

it('an unguarded DELETE may move to another gateway', async () => {
  const second = await startGateway();
  const first = await startGateway({ delete: (response) => response.socket?.resetAndDestroy() });

  await clientOf(first, { endpoints: [first.endpoint, second.endpoint] }).deleteUploadSession(SESSION);

  expect(second.methods()).toEqual(['DELETE']);
});
