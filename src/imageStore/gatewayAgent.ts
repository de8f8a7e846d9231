import * as http from 'node:http';
import * as https from 'node:https';
import type { Socket } from 'node:net';

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
}

type HandOut = Parameters<http.Agent['createConnection']>[1];

/** Makes the keep-alive agent for one gateway: a connection is handed out only when it stands and is checked. */
export function createGatewayAgent(endpoint: URL, options: GatewayAgentOptions): http.Agent {
  const agentOptions: https.AgentOptions = {
    keepAlive: true,
    maxFreeSockets: options.maxConnections,
    timeout: IDLE_MS,
  };
  if (endpoint.protocol !== 'https:') return new PlainAgent(agentOptions, options.connectTimeoutMs);
  return new SecureAgent({ ...agentOptions, minVersion: 'TLSv1.2' }, options.connectTimeoutMs);
}

/** Ends an agent's unused connections, and leaves those in use alone. */
export function dropIdleConnections(agent: http.Agent): void {
  for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
}

class PlainAgent extends http.Agent {
  readonly #connectTimeoutMs: number;

  constructor(options: http.AgentOptions, connectTimeoutMs: number) {
    super(options);
    this.#connectTimeoutMs = connectTimeoutMs;
  }

  override createConnection(options: http.ClientRequestArgs, handOut?: HandOut): undefined {
    const socket = super.createConnection(options) as Socket;
    handOutWhenReady(socket, 'connect', this.#connectTimeoutMs, handOut);
  }
}

class SecureAgent extends https.Agent {
  readonly #connectTimeoutMs: number;

  constructor(options: https.AgentOptions, connectTimeoutMs: number) {
    super(options);
    this.#connectTimeoutMs = connectTimeoutMs;
  }

  override createConnection(options: https.RequestOptions, handOut?: HandOut): undefined {
    const socket = super.createConnection(options) as Socket;
    handOutWhenReady(socket, 'secureConnect', this.#connectTimeoutMs, handOut);
  }
}

function handOutWhenReady(socket: Socket, ready: string, connectTimeoutMs: number, handOut: HandOut): void {
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
  socket.once('error', fail).once('close', end);
  socket.once(ready, () => finish(null));
}

function withCode(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
