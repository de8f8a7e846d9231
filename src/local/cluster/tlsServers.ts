import { constants } from 'node:crypto';
import { createServer as createPlainServer } from 'node:http';
import { createServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import { createSecureContext, type SecureVersion, TLSSocket } from 'node:tls';
import { type CreateServer, KEEP_ALIVE_MS } from '../listen.ts';

/** What a gateway's port speaks TLS with. */
export interface TlsSettings {
  /** The server's certificate and private key, PEM. */
  server: { cert: string; key: string };
  /** 1.2 and the highest that Node has, by default. */
  tlsVersions?: { min?: SecureVersion; max?: SecureVersion } | undefined;
}

/** When a port asks for the client's certificate. */
export type AsksForCertificate = 'never' | 'inHandshake' | 'afterRequest';

/**
 * Makes a server that speaks TLS and refuses no client in the handshake: whether its certificate will do is for the access
 * check to say.
 *
 * @param ca - PEM; the roots that clients' certificates must lead to; undefined: the platform's
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
    // OpenSSL loses the client's certificate on renegotiation when the session came from a ticket.
    ...(asks === 'afterRequest' && { secureOptions: constants.SSL_OP_NO_TICKET }),
    keepAliveTimeout: KEEP_ALIVE_MS,
  };
  return (handler) => createServer(options, handler);
}

/**
 * Makes a server that ends the handshake of a client that has no certificate, over TLS 1.3 with the alert "certificate
 * required". Any certificate completes the handshake; whether it will do is for the access check to say.
 *
 * Node's own TLS server cannot do that: with `rejectUnauthorized` it also drops certificates that lead to no trusted root,
 * such as the self-signed ones that a cluster knows by their thumbprints.
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

/** Asks the client for its certificate on a connection that stands: TLS 1.2 renegotiation. TLS 1.3 does not have it. */
export async function askForCertificate(socket: TLSSocket): Promise<void> {
  if (socket.getProtocol() !== 'TLSv1.2') return;
  await new Promise<void>((resolve) => {
    socket.once('close', resolve);
    // Without a certificate the access check refuses; whatever else is wrong ends the connection.
    const begun = socket.renegotiate({ requestCert: true, rejectUnauthorized: false }, () => resolve());
    if (begun === false) resolve();
  });
}

function versionOptions({ min = 'TLSv1.2', max }: { min?: SecureVersion; max?: SecureVersion } = {}) {
  return { minVersion: min, ...(max && { maxVersion: max }) };
}
