import { createServer } from 'node:https';
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from 'node:tls';
import type { Identity } from './certificates.ts';
import { listen, type TestServer } from './servers.ts';

/** A gateway on TLS. */
export interface TlsTestServer extends TestServer {
  /** What was asked for: method and path, and by which client certificate. */
  requests: { line: string; client: string | undefined; authorization: string | undefined }[];
}

/** Starts a gateway on TLS that answers with an empty 200, or 403 when it asks for a client certificate and gets no good one. */
export async function startTlsServer(identity: Identity, options: TlsOptions = {}): Promise<TlsTestServer> {
  const requests: TlsTestServer['requests'] = [];
  const server = createServer({ key: identity.key, cert: identity.cert, ...options }, (request, response) => {
    const socket = request.socket as TLSSocket;
    requests.push({
      line: `${request.method} ${request.url}`,
      client: socket.getPeerX509Certificate()?.subject,
      authorization: request.headers.authorization,
    });
    response.writeHead(options.requestCert && !socket.authorized ? 403 : 200).end();
  });
  server.on('tlsClientError', () => {}); // a client that doesn't like the server is what some tests are about
  return { ...(await listen(server, 'https')), requests };
}

/** A server on TLS that records what it gets, and answers nothing. */
export interface RecordingServer extends TestServer {
  /** All that came through the encryption. */
  received: Buffer[];
  /** Resolves when the first connection has ended. */
  ended: Promise<void>;
}

export async function startRecordingServer(identity: Identity, options: TlsOptions = {}): Promise<RecordingServer> {
  const received: Buffer[] = [];
  let end: () => void;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const server = createTlsServer({ key: identity.key, cert: identity.cert, ...options }, (socket) => {
    socket.on('error', () => {});
    socket.on('data', (data) => received.push(data));
    socket.on('close', () => end());
  });
  server.on('tlsClientError', () => end());
  return { ...(await listen(server, 'https')), received, ended };
}
