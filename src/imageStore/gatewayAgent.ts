import * as http from 'node:http';
import * as https from 'node:https';
import type { Socket } from 'node:net';
import { createSecureContext, type SecureVersion, type TLSSocket } from 'node:tls';
import type { ClientCertificate } from './clientCertificate.ts';
import { checkServer, isPinned } from './serverCheck.ts';
import type { ServerIdentity } from './serverIdentity.ts';

/**
 * How long an idle connection is kept, in milliseconds. Shorter than the 4 minutes after which Azure's load balancers drop a
 * connection without notice: a request on it would then wait for its whole deadline.
 */
const IDLE_MS = 60_000;

/** How to connect to a gateway. */
export interface GatewayAgentOptions {
  /** The maximum number of idle connections to keep. */
  maxConnections: number;
  /** Within which a connection must be established, TLS included. */
  connectTimeoutMs: number;
  clientCertificate?: ClientCertificate;
  /** The servers to accept at https endpoints; `undefined` for those that the platform trusts. */
  serverIdentity?: ServerIdentity;
  /** Whether connections are kept for later requests; by default they are. */
  keepAlive?: boolean;
  /** The highest TLS version to offer; by default the platform's. */
  maxTlsVersion?: SecureVersion;
}

/**
 * How long to wait for one address of a host name before the next is tried, in milliseconds. Node's default of 250 ms is too short
 * for a distant or busy gateway: all its addresses would fail although each of them answers.
 */
const ADDRESSES = { autoSelectFamily: true, autoSelectFamilyAttemptTimeout: 2_000 };

/** All connections of an agent lead to one gateway. By default, Node builds a name from host, port and all TLS options at each request. */
const CONNECTION_NAME = 'gateway';

type HandOut = Parameters<http.Agent['createConnection']>[1];

/**
 * Makes the keep-alive agent for one gateway. It hands out a connection only when it is established and its server is checked, so no
 * byte of a request reaches an unexpected server.
 */
export function createGatewayAgent(endpoint: URL, options: GatewayAgentOptions): http.Agent {
  return endpoint.protocol === 'https:' ? new SecureAgent(options) : new PlainAgent(options);
}

/** Whether a connection is one of an agent's idle ones. */
export function isIdle(agent: http.Agent, socket: Socket): boolean {
  return !socket.destroyed && agent.freeSockets[CONNECTION_NAME]?.includes(socket) === true;
}

/** Closes an agent's idle connections; those in use stay open. */
export function dropIdleConnections(agent: http.Agent): void {
  for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
}

class PlainAgent extends http.Agent {
  readonly #connectTimeoutMs: number;

  constructor({ maxConnections, connectTimeoutMs, keepAlive = true }: GatewayAgentOptions) {
    super({ keepAlive, maxFreeSockets: maxConnections, timeout: IDLE_MS, ...ADDRESSES });
    this.#connectTimeoutMs = connectTimeoutMs;
  }

  override createConnection(options: http.ClientRequestArgs, handOut?: HandOut): undefined {
    const socket = super.createConnection(options) as Socket;
    handOutWhenReady(socket, 'connect', () => {}, this.#connectTimeoutMs, handOut);
  }

  override getName(): string {
    return CONNECTION_NAME;
  }
}

class SecureAgent extends https.Agent {
  readonly #connectTimeoutMs: number;
  readonly #serverIdentity: ServerIdentity;

  constructor(options: GatewayAgentOptions) {
    const {
      maxConnections,
      connectTimeoutMs,
      clientCertificate,
      serverIdentity = {},
      keepAlive = true,
      maxTlsVersion,
    } = options;
    const { ca } = serverIdentity;
    super({
      keepAlive,
      maxFreeSockets: maxConnections,
      timeout: IDLE_MS,
      ...ADDRESSES,
      // A resumed TLS session has the server's certificate without its issuer, and `authorized` is not set for it.
      maxCachedSessions: 0,
      // Made once, so that not each connection parses the certificates and the key.
      secureContext: createSecureContext({
        ...clientCertificate?.secureContextOptions,
        ...(ca && { ca: [...ca] }),
        minVersion: 'TLSv1.2',
        ...(maxTlsVersion && { maxVersion: maxTlsVersion }),
      }),
      // TLS only stores its verdict in `authorized`. checkServer evaluates it for each connection, together with the expected identity.
      rejectUnauthorized: false,
      ...(isPinned(serverIdentity) && { checkServerIdentity: () => undefined }),
    });
    this.#connectTimeoutMs = connectTimeoutMs;
    this.#serverIdentity = serverIdentity;
  }

  override createConnection(options: https.RequestOptions, handOut?: HandOut): undefined {
    const socket = super.createConnection(options) as TLSSocket;
    const check = (): void => checkServer(socket, this.#serverIdentity);
    handOutWhenReady(socket, 'secureConnect', check, this.#connectTimeoutMs, handOut);
  }

  override getName(): string {
    return CONNECTION_NAME;
  }
}

/** @param check - throws when the connection is not to be used */
function handOutWhenReady(
  socket: Socket,
  ready: string,
  check: () => void,
  connectTimeoutMs: number,
  handOut: HandOut,
): void {
  const fail = (error: Error): void => finish(error);
  const end = (): void => finish(withCode('ECONNRESET', 'the connection was closed before it was established'));
  const finish = (error: Error | null): void => {
    clearTimeout(timer);
    socket.off('error', fail).off('close', end);
    handOut?.(error, socket);
  };
  const timer = setTimeout(
    () => socket.destroy(withCode('ETIMEDOUT', `no connection within ${connectTimeoutMs} ms`)),
    connectTimeoutMs,
  );
  // This listener stays: an error without a listener, after the call has ended, would end the process.
  socket.on('error', () => {});
  socket.once('error', fail).once('close', end);
  socket.once(ready, () => {
    try {
      check();
      finish(null);
    } catch (error) {
      socket.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  });
}

function withCode(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
