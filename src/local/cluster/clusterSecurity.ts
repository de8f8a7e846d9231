import type { IncomingMessage } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { CreateServer } from '../listen.ts';
import type { Authorization, Authorize, Credential } from './authorize.ts';
import { type ClientRole, type KnownClients, roleOfCertificate } from './clientCertificate.ts';
import { type EntraSettings, roleOfToken } from './entraToken.ts';
import { askForCertificate, createCertificateServer, createTlsServer, type TlsSettings } from './tlsServers.ts';

/** How a cluster is secured. A cluster that accepts tokens accepts certificates as well, as a real one does. */
export interface ClusterSecurity extends TlsSettings {
  clients?: KnownClients | undefined;
  entra?: EntraSettings | undefined;
  /**
   * When the gateway requests the client certificate: in the handshake, the default; or after the first request was read, as the Windows
   * gateway does (over TLS 1.3 that is not possible, and the client is refused).
   */
  asksForCertificate?: 'inHandshake' | 'afterRequest' | undefined;
  /**
   * Exclusive authentication mode, as on clusters with TLS 1.3: the gateway's port requires a certificate in the handshake and accepts no
   * tokens. Tokens have another port.
   */
  exclusive?: boolean | undefined;
  /**
   * The status for a client with neither a valid token nor a known certificate. 403, the default, is the answer of the published source
   * on every secured cluster. 401 is the default of the separate port for tokens, whose source is not published: clients must expect
   * either.
   */
  refusal?: 401 | 403 | undefined;
}

/** A port of a gateway: its server and its access check. */
export interface GatewayPort {
  createServer: CreateServer;
  authorize: Authorize;
}

/**
 * The ports of a secured cluster's gateway: one, or in exclusive authentication mode one for certificates and one for tokens.
 *
 * @param now - the cluster's clock, in milliseconds since 1970
 * @throws Error if clients or Entra settings are missing in exclusive mode
 */
export function portsOf(security: ClusterSecurity, now: () => number): { gateway: GatewayPort; tokens?: GatewayPort } {
  const { clients, entra, exclusive, asksForCertificate = 'inHandshake' } = security;
  if (!exclusive) {
    const createServer = createTlsServer(security, clients ? asksForCertificate : 'never', clients?.ca);
    return { gateway: { createServer, authorize: accessCheck(security, now) } };
  }
  if (!clients || !entra) throw new Error('The exclusive authentication mode needs known clients and Entra settings.');
  const { refusal = 401 } = security;
  return {
    gateway: {
      createServer: createCertificateServer(security, clients.ca),
      authorize: accessCheck({ ...security, entra: undefined }, now),
    },
    tokens: {
      createServer: createTlsServer(security, 'never'),
      authorize: accessCheck({ ...security, clients: undefined, refusal }, now),
    },
  };
}

/**
 * The access check of a secured cluster: first the token, if tokens are accepted, then the certificate.
 *
 * A client in the role `user` is authenticated, but all upload-session operations, also the reading ones, are for administrators.
 *
 * @param now - the cluster's clock, in milliseconds since 1970
 * @see httpgateway/HttpServer.cpp (InitializeSecurity), httpgateway/HttpCertificateAuthHandler.cpp and
 *   Naming/EntreeServiceProxy.cpp (RoutingAgentAccessCheck) of microsoft/service-fabric
 */
function accessCheck(security: ClusterSecurity, now: () => number): Authorize {
  const { clients, entra, refusal = 403, asksForCertificate, exclusive } = security;
  return async (request) => {
    const byToken = entra && roleOfToken(request.headers.authorization, entra, now());
    if (byToken) return permit(byToken, 'token');
    const socket = tlsSocketOf(request);
    const mustRequest = clients && !exclusive && asksForCertificate === 'afterRequest';
    const content =
      mustRequest && !socket.getPeerX509Certificate()
        ? await requestCertificateWhileReading(request, socket)
        : undefined;
    const byCertificate = clients && roleOfCertificate(socket, clients, now());
    if (byCertificate) return permit(byCertificate, 'certificate', content);
    // The published status text, also if a token would be accepted.
    const reason = refusal === 403 ? 'Client certificate required' : 'Unauthorized';
    return { allowed: false, status: refusal, reason };
  };
}

/** Requests the certificate and reads the body meanwhile: the client's answer comes after the body on the same connection. */
async function requestCertificateWhileReading(request: IncomingMessage, socket: TLSSocket): Promise<Readable> {
  const content = request.pipe(new PassThrough({ highWaterMark: Number.MAX_SAFE_INTEGER }));
  request.once('error', (error) => content.destroy(error));
  content.on('error', () => {}); // The body of a refused request is not read.
  await askForCertificate(socket);
  return content;
}

function permit(role: ClientRole, by: Credential, content?: Readable): Authorization {
  return role === 'admin' ? { allowed: true, by, content } : { allowed: false, status: 403, code: 'E_ACCESSDENIED' };
}

function tlsSocketOf(request: IncomingMessage): TLSSocket {
  return request.socket as TLSSocket;
}
