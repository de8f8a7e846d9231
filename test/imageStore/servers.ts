import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { afterEach } from '@jest/globals';
import type { ImageStoreClient } from '../../src/cleanup/model/uploadSession.ts';
import { createImageStoreClient, type ImageStoreClientOptions } from '../../src/imageStore/imageStoreClient.ts';
import { asSessionId } from '../doubles/sessionIds.ts';

export const SESSION = asSessionId('6f9619ff-8b86-d011-b42d-00c04fc964ff');

/** A server on loopback, and the connections that it has accepted. */
export interface TestServer {
  endpoint: URL;
  port: number;
  /** All that were ever accepted. */
  connections: Socket[];
  close(): Promise<void>;
}

const cleanUps: (() => unknown)[] = [];

/** Registers something to close after the current test, in reverse order. */
export function atEnd(cleanUp: () => unknown): void {
  cleanUps.push(cleanUp);
}

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** Starts an HTTP server: a gateway that answers as the test specifies. */
export function startHttpServer(handler: RequestListener, port = 0): Promise<TestServer> {
  return listen(createServer(handler), 'http', port);
}

/** Starts a TCP server, for bytes that no HTTP server would send. */
export function startTcpServer(onConnection: (socket: Socket) => void, port = 0): Promise<TestServer> {
  return listen(createTcpServer(onConnection), 'http', port);
}

/** Starts a TCP server that answers each request with the same bytes. */
export function startScriptedServer(answer: string | ((socket: Socket) => void)): Promise<TestServer> {
  return startTcpServer((socket) => {
    socket.on('data', () => (typeof answer === 'string' ? socket.write(answer) : answer(socket)));
  });
}

export async function listen(server: Server, scheme: string, port = 0): Promise<TestServer> {
  const connections: Socket[] = [];
  server.on('connection', (socket) => {
    connections.push(socket);
    socket.on('error', () => {}); // a client that goes away is none of a test's business
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: actual } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of connections) socket.destroy();
    await closed;
  };
  atEnd(close);
  return { endpoint: new URL(`${scheme}://127.0.0.1:${actual}`), port: actual, connections, close };
}

/** A port on which nothing listens. */
export async function freePort(): Promise<number> {
  const server = await startTcpServer(() => {});
  await server.close();
  return server.port;
}

/** A client that is closed after the test. */
export function clientOf(
  server: { endpoint: URL | string },
  options: Partial<ImageStoreClientOptions> = {},
): ImageStoreClient {
  const client = createImageStoreClient({ endpoints: [new URL(server.endpoint)], ...options });
  atEnd(() => client.close());
  return client;
}

/** What a promise is rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  const value = await promise.catch((error: unknown) => ({ error }));
  if (typeof value === 'object' && value !== null && 'error' in value) return value.error;
  throw new Error('It was not rejected.');
}

/** The body of the answer to a look-up of one session. */
export function sessionAnswer(fields: Record<string, unknown> = {}): string {
  return JSON.stringify({
    UploadSessions: [
      {
        StoreRelativePath: 'App/Code/a.zip',
        SessionId: SESSION,
        FileSize: '1048576',
        ModifiedDate: '2026-11-22T10:00:00.000Z',
        ExpectedRanges: [{ StartPosition: '0', EndPosition: '9' }],
        ...fields,
      },
    ],
  });
}
