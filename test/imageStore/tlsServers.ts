import { constants, X509Certificate } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from 'node:tls';
import type { Identity } from './certificates.ts';
import { listen, type TestServer } from './servers.ts';

/** A gateway with TLS. */
export interface TlsTestServer extends TestServer {
  /** The requests: method, path and client certificate. */
  requests: { line: string; client: string | undefined; authorization: string | undefined }[];
}

/** Starts a gateway with TLS that answers with an empty 200, or with 403 if it requires a client certificate and gets no trusted one. */
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

/** A server with TLS that records what it receives, and answers nothing. */
export interface RecordingServer extends TestServer {
  /** Everything that it received, decrypted. */
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

/** A gateway that requests the client certificate after it has read an HTTP request. */
export interface AskingLateServer extends TlsTestServer {
  /** The TLS version of each request's connection. */
  versions: (string | null)[];
}

/**
 * Starts a gateway that requests the client certificate after it has read an HTTP request, like the Windows gateway: by renegotiation
 * over TLS 1.2, once for each connection. Over TLS 1.3 that is not possible, so it answers 403 with the gateway's status text.
 *
 * @param options.ca - who issues the certificates that it trusts
 * @param answer - answers a request whose certificate is trusted
 */
export async function startAskingLateServer(
  identity: Identity,
  options: TlsOptions,
  answer: RequestListener,
): Promise<AskingLateServer> {
  const requests: TlsTestServer['requests'] = [];
  const versions: (string | null)[] = [];
  // Node renegotiates only with session tickets off.
  const secureOptions = constants.SSL_OP_NO_TICKET;
  const server = createServer(
    { key: identity.key, cert: identity.cert, secureOptions, ...options },
    async (request, response) => {
      const socket = request.socket as TLSSocket;
      versions.push(socket.getProtocol());
      if (socket.getProtocol() === 'TLSv1.2' && !socket.getPeerX509Certificate()) await askForCertificate(socket);
      const client = socket.getPeerX509Certificate();
      const { authorization } = request.headers;
      requests.push({ line: `${request.method} ${request.url}`, client: client?.subject, authorization });
      const isTrusted = client !== undefined && [options.ca].flat().some((ca) => issued(String(ca), client));
      if (isTrusted) answer(request, response);
      else response.writeHead(403, 'Client certificate required').end();
    },
  );
  server.on('tlsClientError', () => {});
  return { ...(await listen(server, 'https')), requests, versions };
}

function issued(ca: string, client: X509Certificate): boolean {
  return client.verify(new X509Certificate(ca).publicKey);
}

function askForCertificate(socket: TLSSocket): Promise<void> {
  return new Promise((resolve) => {
    socket.renegotiate({ requestCert: true, rejectUnauthorized: false }, () => resolve());
  });
}
