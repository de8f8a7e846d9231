import dns from 'node:dns';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from '@jest/globals';
import {
  atEnd,
  clientOf,
  freePort,
  rejection,
  SESSION,
  startHttpServer,
  startScriptedServer,
  startTcpServer,
} from './servers.ts';

/** Runs in its own thread, so that it can stop accepting connections. */
const FAR_GATEWAY = `
  const { createServer } = require('node:http');
  const { parentPort, workerData } = require('node:worker_threads');
  const server = createServer((_, response) => response.end());
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => parentPort.postMessage(server.address().port));
  parentPort.on('message', () => Atomics.wait(workerData, 0, 0));
`;

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';

/** A signal that reports when its last listener is removed. */
const neverAborted = () => new AbortController().signal;

/** A gateway that answers only when the test releases the requests. */
async function startPatientGateway() {
  const waiting: ServerResponse[] = [];
  let onRequest: (() => void) | undefined;
  const server = await startHttpServer((_, response) => {
    waiting.push(response);
    onRequest?.();
  });
  return {
    ...server,
    waiting,
    /** Waits until this number of requests wait for their answer. */
    async requests(count: number): Promise<void> {
      while (waiting.length < count)
        await new Promise<void>((resolve) => {
          onRequest = resolve;
        });
    },
  };
}

describe('connections', () => {
  it('are kept and used again', async () => {
    const gateway = await startHttpServer((_, response) => response.end());
    const client = clientOf(gateway);

    for (let i = 0; i < 5; i++) await client.deleteUploadSession(SESSION);

    expect(gateway.connections.length).toBe(1);
  });

  it('are never more than allowed', async () => {
    const gateway = await startPatientGateway();
    const client = clientOf(gateway, { maxConnections: 3 });

    const calls = Array.from({ length: 10 }, () => client.deleteUploadSession(SESSION));
    for (let answered = 0; answered < 10; answered++) {
      await gateway.requests(answered + 1);
      expect(gateway.waiting.filter((response) => !response.writableEnded).length).toBeLessThanOrEqual(3);
      gateway.waiting[answered]?.end();
    }
    await Promise.all(calls);

    expect(gateway.connections.length).toBe(3);
  });

  it('are given to the calls in turn', async () => {
    const timeouts: (string | null)[] = [];
    const gateway = await startHttpServer((request, response) => {
      timeouts.push(new URL(request.url ?? '', 'http://gateway').searchParams.get('timeout'));
      response.end();
    });
    const client = clientOf(gateway, { maxConnections: 1 });

    await Promise.all([3, 1, 4, 2].map((timeoutSeconds) => client.deleteUploadSession(SESSION, { timeoutSeconds })));

    expect(timeouts).toEqual(['3', '1', '4', '2']);
  });

  it('are not taken by a call that is aborted while it waits for one', async () => {
    const gateway = await startPatientGateway();
    const client = clientOf(gateway, { maxConnections: 1 });
    const controller = new AbortController();

    const first = client.deleteUploadSession(SESSION);
    const second = rejection(client.deleteUploadSession(SESSION, { signal: controller.signal }));
    const third = client.deleteUploadSession(SESSION);
    controller.abort();

    expect(await second).toMatchObject({ kind: 'aborted', retryable: false });
    await gateway.requests(1);
    gateway.waiting[0]?.end();
    await gateway.requests(2);
    gateway.waiting[1]?.end();
    await Promise.all([first, third]);
    expect(gateway.waiting.length).toBe(2);
  });

  it('end when the client is closed, those in use after their answer', async () => {
    const gateway = await startPatientGateway();
    const client = clientOf(gateway, { maxConnections: 2 });
    const calls = [client.deleteUploadSession(SESSION), client.deleteUploadSession(SESSION)];
    await gateway.requests(2);
    gateway.waiting[0]?.end();
    await Promise.race(calls);

    const closed = gateway.connections.map((socket) => once(socket, 'close'));
    client.close();
    await Promise.race(closed);
    gateway.waiting[1]?.end();

    await Promise.all([...calls, ...closed]);
  });

  it('don’t pile up listeners on a signal that many calls share', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error): number => warnings.push(warning);
    process.on('warning', onWarning);
    const gateway = await startHttpServer((_, response) => response.end());
    const client = clientOf(gateway);
    const signal = neverAborted();

    await Promise.all(Array.from({ length: 64 }, () => client.deleteUploadSession(SESSION, { signal })));
    await new Promise((resolve) => setImmediate(resolve));

    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
  });
});

describe('a kept connection that the gateway closed', () => {
  /** Answers the first request of a connection, and cuts the connection at its second. */
  function startForgetful(cut: (socket: Socket) => void) {
    const requests: string[] = [];
    return startTcpServer((socket) => {
      let answered = 0;
      socket.on('data', (data) => {
        requests.push(String(data));
        answered += 1;
        if (answered === 1) socket.write(OK);
        else cut(socket);
      });
    }).then((server) => ({ ...server, requests }));
  }

  it.each([
    ['by a reset', (socket: Socket) => socket.resetAndDestroy()],
    ['without a reset', (socket: Socket) => socket.destroy()],
  ])('%s is invisible: the same request is sent again on a new one', async (_, cut) => {
    const gateway = await startForgetful(cut);
    const client = clientOf(gateway);

    for (let i = 0; i < 3; i++) await client.deleteUploadSession(SESSION);

    expect(gateway.connections.length).toBe(3);
    expect(gateway.requests.length).toBe(5);
    expect(gateway.requests[1]).toBe(gateway.requests[2]);
  });

  it('after a long wait fails the call: a DELETE so late needs a new look-up', async () => {
    const gateway = await startForgetful((socket) => setTimeout(() => socket.resetAndDestroy(), 1_100));
    const client = clientOf(gateway);
    await client.deleteUploadSession(SESSION);

    const error = await rejection(client.deleteUploadSession(SESSION));

    expect(error).toMatchObject({ kind: 'unreachable', retryable: true });
    expect(gateway.requests.length).toBe(2);
  });

  it('closes the other kept ones, which are as old', async () => {
    const gateway = await startForgetful((socket) => socket.resetAndDestroy());
    const client = clientOf(gateway, { maxConnections: 4 });
    const four = () => Promise.all(Array.from({ length: 4 }, () => client.deleteUploadSession(SESSION)));
    await four();

    await client.deleteUploadSession(SESSION);

    expect(gateway.requests.length).toBe(6);
  });

  it('is replaced only once', async () => {
    let requests = 0;
    const gateway = await startScriptedServer((socket) => {
      requests += 1;
      if (requests === 1) socket.write(OK);
      else socket.resetAndDestroy();
    });
    const client = clientOf(gateway);
    await client.deleteUploadSession(SESSION);

    const error = await rejection(client.deleteUploadSession(SESSION));

    expect(error).toMatchObject({ kind: 'unreachable', retryable: true });
    expect(requests).toBe(3);
  });

  it('is distinguished from a new one, which is not replaced', async () => {
    let requests = 0;
    const gateway = await startScriptedServer((socket) => {
      requests += 1;
      socket.resetAndDestroy();
    });

    expect(await rejection(clientOf(gateway).deleteUploadSession(SESSION))).toMatchObject({ kind: 'unreachable' });
    expect(requests).toBe(1);
  });
});

describe('a call', () => {
  const quick = { timeoutSeconds: 1, graceMs: -900 }; // 100 ms

  it('that is not answered ends after the server’s timeout and the grace', async () => {
    const gateway = await startPatientGateway();

    const error = await rejection(clientOf(gateway, { timeoutSeconds: 1, graceMs: 100 }).deleteUploadSession(SESSION));

    expect(error).toMatchObject({ kind: 'timedOut', retryable: true, httpStatus: undefined });
    expect(error).toMatchObject({ message: expect.stringContaining('No gateway answered within 1.1 s') });
  });

  it('that ends releases its connection', async () => {
    const gateway = await startPatientGateway();

    await rejection(clientOf(gateway, quick).deleteUploadSession(SESSION));

    const [connection] = gateway.connections;
    if (!connection?.destroyed) await once(connection as Socket, 'close');
  });

  it('with the longest timeout does not end at once', async () => {
    const gateway = await startPatientGateway();

    const call = clientOf(gateway, { timeoutSeconds: 4_294_967_295 }).deleteUploadSession(SESSION);
    await gateway.requests(1);
    gateway.waiting[0]?.end();

    await expect(call).resolves.toMatchObject({ requestId: expect.any(String) });
  });

  it('whose success answer never ends times out', async () => {
    const gateway = await startScriptedServer('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{');

    expect(await rejection(clientOf(gateway, quick).getUploadSession(SESSION))).toMatchObject({ kind: 'timedOut' });
  });

  it('whose error answer never ends fails by its status', async () => {
    const gateway = await startScriptedServer('HTTP/1.1 503 Busy\r\nContent-Length: 9\r\n\r\n{');

    expect(await rejection(clientOf(gateway, quick).getUploadSession(SESSION))).toMatchObject({
      kind: 'busy',
      httpStatus: 503,
    });
  });

  it('that its caller aborted before it began is not made', async () => {
    const gateway = await startPatientGateway();

    const error = await rejection(clientOf(gateway).deleteUploadSession(SESSION, { signal: AbortSignal.abort() }));

    expect(error).toMatchObject({ kind: 'aborted', retryable: false });
    expect(gateway.connections).toEqual([]);
  });

  it('that its caller aborts ends at once, while it waits for the answer and in the middle of it', async () => {
    const deaf = await startPatientGateway();
    const slow = await startScriptedServer('HTTP/1.1 503 Busy\r\nContent-Length: 9\r\n\r\n{');
    const controller = new AbortController();
    const calls = [deaf, slow].map((gateway) =>
      rejection(clientOf(gateway).getUploadSession(SESSION, { signal: controller.signal })),
    );
    await deaf.requests(1);
    while (slow.connections.length === 0) await new Promise((resolve) => setImmediate(resolve));

    controller.abort();

    expect(await Promise.all(calls)).toMatchObject([{ kind: 'aborted' }, { kind: 'aborted' }]);
  });

  it('to a port where nothing listens is "unreachable"', async () => {
    const endpoint = new URL(`http://127.0.0.1:${await freePort()}`);

    const error = await rejection(clientOf({ endpoint }).deleteUploadSession(SESSION));

    expect(error).toMatchObject({
      kind: 'unreachable',
      retryable: true,
      httpStatus: undefined,
      requestId: expect.any(String),
      message: `The gateway ${endpoint.host} can't be reached: connection refused (ECONNREFUSED).`,
    });
  });

  it('to a name that does not exist is "unreachable"', async () => {
    const error = await rejection(
      clientOf({ endpoint: 'http://no-such-host.invalid:19080' }).deleteUploadSession(SESSION),
    );

    expect(error).toMatchObject({
      kind: 'unreachable',
      message: expect.stringContaining('no-such-host.invalid:19080'),
    });
  });
});

describe('several gateways', () => {
  const clientOfAll = (endpoints: URL[], options = {}) =>
    clientOf({ endpoint: 'http://unused' }, { endpoints, ...options });

  async function startCounting(port = 0) {
    let requests = 0;
    const server = await startHttpServer((_, response) => {
      requests += 1;
      response.end();
    }, port);
    return { ...server, requests: () => requests };
  }

  it('are tried in turn until one answers, which is then preferred', async () => {
    const port = await freePort();
    const second = await startCounting();
    const third = await startCounting();
    const client = clientOfAll([new URL(`http://127.0.0.1:${port}`), second.endpoint, third.endpoint], { skipMs: 0 });

    await client.deleteUploadSession(SESSION);
    const first = await startCounting(port);
    await client.deleteUploadSession(SESSION);

    expect([first.requests(), second.requests(), third.requests()]).toEqual([0, 2, 0]);
  });

  it.each([
    ['after it got the DELETE, which it may have carried out', true],
    ['before it got the DELETE', false],
  ])('and the second knows no such session, after the first failed %s', async (_, deleteSent) => {
    const cutting = await startScriptedServer((socket) => socket.resetAndDestroy());
    const first = deleteSent ? cutting.endpoint : new URL(`http://127.0.0.1:${await freePort()}`);
    const second = await startHttpServer((_, response) => {
      response.writeHead(404).end('{"Error":{"Code":"NotFound","Message":"Null"}}');
    });

    const error = await rejection(clientOfAll([first, second.endpoint]).deleteUploadSession(SESSION));

    expect(error).toMatchObject({ kind: 'notFound', deleteSent });
  });

  it('are tried in turn if one cuts the connection', async () => {
    const cutting = await startScriptedServer((socket) => socket.resetAndDestroy());
    const good = await startCounting();

    await clientOfAll([cutting.endpoint, good.endpoint]).deleteUploadSession(SESSION);

    expect(good.requests()).toBe(1);
  });

  it('are not tried further after any answer', async () => {
    const busy = await startHttpServer((_, response) => response.writeHead(503).end());
    const good = await startCounting();

    expect(await rejection(clientOfAll([busy.endpoint, good.endpoint]).deleteUploadSession(SESSION))).toMatchObject({
      kind: 'busy',
    });
    expect(good.requests()).toBe(0);
  });

  it('are tried without one that did not answer, until some time later', async () => {
    const port = await freePort();
    const second = await startCounting();
    const client = clientOfAll([new URL(`http://127.0.0.1:${port}`), second.endpoint], { skipMs: 50 });
    await client.deleteUploadSession(SESSION);
    const first = await startCounting(port);
    await second.close();

    await client.deleteUploadSession(SESSION); // there is nothing better, so the first is tried though it is left out
    await client.deleteUploadSession(SESSION);

    expect(first.requests()).toBe(2);
  });

  it('are tried without one that is silent, after one call that timed out', async () => {
    const deaf = await startTcpServer(() => {});
    const good = await startCounting();
    const client = clientOfAll([deaf.endpoint, good.endpoint], { timeoutSeconds: 1, graceMs: -900 });

    expect(await rejection(client.deleteUploadSession(SESSION))).toMatchObject({ kind: 'timedOut' });
    await client.deleteUploadSession(SESSION);

    expect(good.requests()).toBe(1);
  });

  it('that all fail are reported', async () => {
    const endpoints = [
      new URL(`http://127.0.0.1:${await freePort()}`),
      new URL(`http://127.0.0.1:${await freePort()}`),
    ];

    const error = await rejection(clientOfAll(endpoints).deleteUploadSession(SESSION));

    expect(error).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('None of the 2 gateways') });
  });
});

describe('a host name', () => {
  /** Resolves all names to these addresses until the end of the test. */
  function resolveTo(...addresses: string[]): void {
    const { lookup } = dns;
    atEnd(() => {
      dns.lookup = lookup;
    });
    const answer = addresses.map((address) => ({ address, family: 4 }));
    dns.lookup = ((_name: string, _options: unknown, done: (error: null, found: object[]) => void) =>
      process.nextTick(done, null, answer)) as unknown as typeof dns.lookup;
  }

  /** Starts a gateway that accepts connections late, like a distant one. */
  async function startFarGateway(): Promise<number> {
    const open = new Int32Array(new SharedArrayBuffer(4));
    const worker = new Worker(FAR_GATEWAY, { eval: true, workerData: open });
    atEnd(() => worker.terminate());
    const [port] = (await once(worker, 'message')) as [number];
    worker.postMessage('block');
    // The kernel accepts as many as the listener's queue holds. From then on it drops the first packet of a connection, which the
    // client sends again after a second.
    for (let isAccepted = true; isAccepted; ) {
      const filler = connect(port, '127.0.0.1');
      filler.on('error', () => {});
      atEnd(() => filler.destroy());
      isAccepted = await Promise.race([once(filler, 'connect').then(() => true), wait(200).then(() => false)]);
    }
    setTimeout(() => {
      Atomics.store(open, 0, 1);
      Atomics.notify(open, 0);
    }, 300);
    return port;
  }

  it('whose first address takes a second to connect is reached there', async () => {
    const port = await startFarGateway();
    resolveTo('127.0.0.1', '127.0.0.2');

    const { httpStatus } = await clientOf({ endpoint: `http://far.example:${port}` }).deleteUploadSession(SESSION);

    expect(httpStatus).toBe(200);
  }, 15_000);

  it('is reached at its second address if the first refuses', async () => {
    const gateway = await startHttpServer((_, response) => response.end());
    resolveTo('127.0.0.2', '127.0.0.1');

    await clientOf({ endpoint: `http://near.example:${gateway.port}` }).deleteUploadSession(SESSION);

    expect(gateway.connections.length).toBe(1);
  });
});

describe('a proxy of the environment', () => {
  it('is never used for the cluster', async () => {
    let proxied = 0;
    const proxy = await startHttpServer((_, response) => {
      proxied += 1;
      response.writeHead(502).end();
    });
    const gateway = await startHttpServer((_, response) => response.end());
    const names = [
      'HTTP_PROXY',
      'HTTPS_PROXY',
      'ALL_PROXY',
      'http_proxy',
      'https_proxy',
      'all_proxy',
      'NODE_USE_ENV_PROXY',
    ];
    for (const name of names) {
      const before = process.env[name];
      atEnd(() => {
        if (before === undefined) delete process.env[name];
        else process.env[name] = before;
      });
      process.env[name] = name === 'NODE_USE_ENV_PROXY' ? '1' : proxy.endpoint.origin;
    }
    const client = clientOf(gateway);

    await client.deleteUploadSession(SESSION);
    await client.probe({ signal: AbortSignal.timeout(500) });

    expect(proxied).toBe(0);
    expect(gateway.connections.length).toBeGreaterThanOrEqual(2);
  });
});
