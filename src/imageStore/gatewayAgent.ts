import * as http from 'node:http';
import * as https from 'node:https';
import type { Socket } from 'node:net';
import { createSecureContext, type SecureVersion, type TLSSocket } from 'node:tls';
import type { ClientCertificate } from './clientCertificate.ts';
import { checkServer, isPinned } from './serverCheck.ts';
import type { ServerIdentity } from './serverIdentity.ts';

/**
 * How long an unused connection is kept. Shorter than the 4 minutes after which Azure's load balancers forget a connection
 * without a word to either end, and a request on it would wait for its whole deadline.
 */
const IDLE_MS = 60_000;

/** What the connections to a gateway are made of. */
export interface GatewayAgentOptions {
  /** So many unused connections are kept. */
  maxConnections: number;
  /** In which a connection must stand, TLS included. */
  connectTimeoutMs: number;
  clientCertificate?: ClientCertificate;
  /** Of https endpoints; `undefined` for those that the platform trusts. */
  serverIdentity?: ServerIdentity;
  /** Whether connections are kept for later requests; by default they are. */
  keepAlive?: boolean;
  /** The highest TLS version to offer; by default the platform's. */
  maxTlsVersion?: SecureVersion;
}

/**
 * How long one address of a host name is waited for before the next, in milliseconds. The runtime's 250 ms are too short for a far
 * or busy gateway: all its addresses would be given up although each of them answers.
 */
const ADDRESSES = { autoSelectFamily: true, autoSelectFamilyAttemptTimeout: 2_000 };

/** All connections of an agent lead to one gateway. Node would build a name from host, port and every TLS option at each request. */
const CONNECTION_NAME = 'gateway';

type HandOut = Parameters<http.Agent['createConnection']>[1];

/**
 * Makes the keep-alive agent for one gateway. A connection is handed out only when it stands and its server is checked, so
 * not a byte of a request reaches a server that isn't ours.
 */
export function createGatewayAgent(endpoint: URL, options: GatewayAgentOptions): http.Agent {
  return endpoint.protocol === 'https:' ? new SecureAgent(options) : new PlainAgent(options);
}

/** Whether a connection is one of an agent's unused ones. */
export function isIdle(agent: http.Agent, socket: Socket): boolean {
  return !socket.destroyed && agent.freeSockets[CONNECTION_NAME]?.includes(socket) === true;
}

/** Ends an agent's unused connections, and leaves those in use alone. */
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
      // A resumed session brings its server's certificate without its issuer, and no verdict on it.
      maxCachedSessions: 0,
      // Made once: each connection would parse certificates and key again.
      secureContext: createSecureContext({
        ...clientCertificate?.secureContextOptions,
        ...(ca && { ca: [...ca] }),
        minVersion: 'TLSv1.2',
        ...(maxTlsVersion && { maxVersion: maxTlsVersion }),
      }),
      // TLS notes its verdict instead of acting on it. checkServer acts on it, always, and knows what else was asked for.
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
  const end = (): void => finish(withCode('ECONNRESET', 'the connection was closed before it stood'));
  const finish = (error: Error | null): void => {
    clearTimeout(timer);
    socket.off('error', fail).off('close', end);
    handOut?.(error, socket);
  };
  const timer = setTimeout(
    () => socket.destroy(withCode('ETIMEDOUT', `no connection within ${connectTimeoutMs} ms`)),
    connectTimeoutMs,
  );
  // Besides, one that stays: an error with nobody to hear it, of a connection whose call is gone, would end the process.
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
