import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import type { TLSSocket } from 'node:tls';
import type { Authorize } from './authorize.ts';
import { type ClientRole, type KnownClients, roleOfCertificate } from './clientCertificate.ts';
import { type EntraSettings, roleOfToken } from './entraToken.ts';
import type { EntraMetadata } from './gateway.ts';
import type { CreateServer } from './listen.ts';

/** How a cluster is secured. A cluster that takes tokens takes certificates as well, as a real one does. */
export interface ClusterSecurity {
  /** The server's certificate and private key, PEM. */
  server: { cert: string; key: string };
  clients?: KnownClients | undefined;
  entra?: EntraSettings | undefined;
  /**
   * How a client is refused that showed neither a good token nor a good certificate. 403, the default, is what the
   * published source answers on each secured cluster, whatever was wrong. 401 is for clients that must bear either: the
   * source isn't published of gateways that have a port for tokens alone.
   */
  refusal?: 401 | 403 | undefined;
}

/** Makes a server that speaks TLS, 1.2 at least, and asks its clients for certificates where there are any to know. */
export function createSecureServer({ server, clients }: ClusterSecurity): CreateServer {
  // The verdict on a client's certificate is the access check's: in the handshake nobody is refused.
  const asking = { requestCert: true, rejectUnauthorized: false, ...(clients?.ca && { ca: [...clients.ca] }) };
  return (handler) => createServer({ ...server, minVersion: 'TLSv1.2', ...(clients && asking) }, handler);
}

/**
 * The access check of a secured cluster: first the token, where tokens are taken, then the certificate.
 *
 * A client in the role of a user is let in and then finds that all of the image store's upload-session operations, the
 * reading ones too, are for administrators.
 *
 * @param now - the cluster's clock, in milliseconds since 1970
 * @see httpgateway/HttpServer.cpp (InitializeSecurity) and Naming/EntreeServiceProxy.cpp (RoutingAgentAccessCheck) of
 *   microsoft/service-fabric
 */
export function accessCheck({ clients, entra, refusal = 403 }: ClusterSecurity, now: () => number): Authorize {
  return (request) => {
    const byToken = entra && roleOfToken(request.headers.authorization, entra, now());
    if (byToken) return permit(byToken, 'token');
    const byCertificate = clients && roleOfCertificate(tlsSocketOf(request), clients, now());
    if (byCertificate) return permit(byCertificate, 'certificate');
    // These words are the published ones, also where a token would have done.
    const reason = refusal === 403 ? 'Client certificate required' : 'Unauthorized';
    return { allowed: false, status: refusal, reason };
  };
}

function permit(role: ClientRole, by: 'token' | 'certificate'): ReturnType<Authorize> {
  return role === 'admin' ? { allowed: true, by } : { allowed: false, status: 403, code: 'E_ACCESSDENIED' };
}

function tlsSocketOf(request: IncomingMessage): TLSSocket {
  return request.socket as TLSSocket;
}

/**
 * What the cluster tells anyone who asks where to get a token.
 *
 * @see ServiceModel/transport/ClaimsRetrievalMetadata.cpp (CreateForAAD) of microsoft/service-fabric
 */
export function entraMetadataOf({ tenant, clusterApplication, clientApplication }: EntraSettings): EntraMetadata {
  const login = 'https://login.microsoftonline.com';
  return {
    authority: `${login}/${tenant}`,
    client: clientApplication,
    cluster: clusterApplication,
    login,
    redirect: 'urn:ietf:wg:oauth:2.0:oob',
    tenant,
  };
}
