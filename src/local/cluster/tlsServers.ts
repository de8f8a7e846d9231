import { constants } from 'node:crypto';
import { createServer as createPlainServer } from 'node:http';
import { createServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import { createSecureContext, type SecureVersion, TLSSocket } from 'node:tls';
import { type CreateServer, KEEP_ALIVE_MS } from '../listen.ts';

/** The TLS settings of a gateway's port. */
export interface TlsSettings {
  /** The server's certificate and private key, PEM. */
  server: { cert: string; key: string };
  /** By default from 1.2 to the highest version that Node supports. */
  tlsVersions?: { min?: SecureVersion; max?: SecureVersion } | undefined;
}

/** When a port requests the client's certificate. */
export type AsksForCertificate = 'never' | 'inHandshake' | 'afterRequest';

/**
 * Makes a TLS server that refuses no client in the handshake: the access check decides about certificates.
 *
 * @param ca - the trusted roots for client certificates, PEM; by default the platform's
 */
export function createTlsServer(
  { server, tlsVersions }: TlsSettings,
  asks: AsksForCertificate,
  ca?: readonly string[],
): CreateServer {
  const options = {
    ...server,
    ...versionOptions(tlsVersions),
    ...(ca && { ca: [...ca] }),
    rejectUnauthorized: false,
    requestCert: asks === 'inHandshake',
    // OpenSSL loses the client's certificate at a renegotiation if the session was resumed from a ticket.
    ...(asks === 'afterRequest' && { secureOptions: constants.SSL_OP_NO_TICKET }),
    keepAliveTimeout: KEEP_ALIVE_MS,
  };
  return (handler) => createServer(options, handler);
}

/**
 * Makes a server that ends the handshake of a client without a certificate, over TLS 1.3 with the alert "certificate required". Any
 * certificate completes the handshake: the access check decides about it.
 *
 * Node's own TLS server cannot do that: with `rejectUnauthorized` it also refuses certificates without a chain to a trusted root, such as
 * self-signed ones that a cluster accepts by thumbprint.
 */
export function createCertificateServer({ server, tlsVersions }: TlsSettings, ca?: readonly string[]): CreateServer {
  const secureContext = createSecureContext({
    ...server,
    ...versionOptions(tlsVersions),
    ...(ca && { ca: [...ca] }),
  });
  return (handler) => {
    const http = createPlainServer({ keepAliveTimeout: KEEP_ALIVE_MS }, handler);
    return createTcpServer((connection) => {
      const options = { isServer: true, requestCert: true, rejectUnauthorized: true, secureContext };
      http.emit('connection', new TLSSocket(connection, options));
    });
  };
}

/** Requests the client's certificate on an established connection, by TLS 1.2 renegotiation. TLS 1.3 does not have it. */
export async function askForCertificate(socket: TLSSocket): Promise<void> {
  if (socket.getProtocol() !== 'TLSv1.2') return;
  await new Promise<void>((resolve) => {
    socket.once('close', resolve);
    // Without a certificate the access check refuses the request. Any other error ends the connection.
    const isStarted = socket.renegotiate({ requestCert: true, rejectUnauthorized: false }, () => resolve());
    if (isStarted === false) resolve();
  });
}

function versionOptions({ min = 'TLSv1.2', max }: { min?: SecureVersion; max?: SecureVersion } = {}) {
  return { minVersion: min, ...(max && { maxVersion: max }) };
}
