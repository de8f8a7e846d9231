import { subscribe } from 'node:diagnostics_channel';
import type { Agent, ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import fetch, { FetchError, type RequestInit } from 'node-fetch';
import { VERSION } from '../version.ts';
import type { CallDeadline } from './callDeadline.ts';
import { arrivedAfterMs } from './eventLoopWatch.ts';
import { dropIdleConnections } from './gatewayAgent.ts';
import { type GatewayAnswer, readAnswer } from './gatewayAnswer.ts';

/** One request to a cluster, independent of the gateway that it is sent to. */
export interface GatewayRequest {
  method: 'GET' | 'DELETE';
  /** Path and query. */
  target: string;
  headers: Record<string, string>;
  /** Called at each attempt when the connection is established, before the first byte is sent. If it throws, nothing is sent. */
  beforeSending?: () => void;
  /** Whether the request must not be sent again on another connection. */
  sendOnce?: boolean;
}

/** A request and its answer. */
export interface Exchange {
  answer: GatewayAnswer;
  /** When the headers of the answer arrived, by `performance.now()`; the earliest possible time. */
  answeredMs: number;
  /** The connection that was used. */
  socket: Socket | undefined;
  /** The connection's TLS version, such as `TLSv1.3`; `undefined` over http. */
  tlsVersion: string | undefined;
}

const REQUEST_ID = 'X-ServiceFabricRequestId';

/** The headers of every request. A GET also asks caches for a new answer. */
export function headersOf(
  method: GatewayRequest['method'],
  requestId: string,
  clusterId: string | undefined,
): Record<string, string> {
  return {
    Accept: 'application/json',
    'User-Agent': `upload-session-sweeper/${VERSION}`,
    [REQUEST_ID]: requestId,
    ...(method === 'GET' && { 'Cache-Control': 'no-cache' }),
    ...(clusterId !== undefined && { ClusterId: clusterId }),
  };
}

/** No answer came. `cause` is Node's error, not node-fetch's copy of it, which contains the whole address. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
  /** Whether the request may have reached the gateway. */
  readonly wasSent: boolean;

  constructor(cause: unknown, wasSent: boolean) {
    super('no answer came', { cause });
    this.wasSent = wasSent;
  }
}

/** The error codes of a request on a connection that the gateway closed while it was idle. */
const STALE_CONNECTION = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ETIMEDOUT']);

/**
 * How soon a closed connection is noticed, in milliseconds: the first byte is answered with a reset. A later failure has another
 * cause, so the request is not sent again.
 */
const RESENT_WITHIN_MS = 1_000;

/**
 * Sends one request to one gateway, and reads the answer, whatever its status is.
 *
 * The gateway may have closed a kept connection while it was idle. That says nothing about the cluster, so the same request is sent
 * again on a new connection, unless `sendOnce` is set.
 *
 * @throws {NoAnswerError} if no answer came; `CallEndedError` if the deadline ended the call before an answer began
 */
export async function callGateway(
  origin: string,
  agent: Agent,
  request: GatewayRequest,
  deadline: CallDeadline,
): Promise<Exchange> {
  for (let mayResend = !request.sendOnce; ; mayResend = false) {
    const sentMs = performance.now();
    const { sent, watched } = watchRequest(() => fetch(origin + request.target, optionsFor(request, agent)), request);
    try {
      // `race` is needed as well: destroying a request that still waits for its connection does not reject the promise.
      const response = await deadline.race(sent, () => watched.request?.destroy());
      // Without it the guard's age would not be checked. Each look-up fails here as well, so no DELETE is sent.
      if (!watched.request) throw new Error('The request to the gateway could not be watched.');
      const answeredMs = arrivedAfterMs();
      const socket = watched.request.socket ?? undefined;
      const tlsVersion = socket instanceof TLSSocket ? (socket.getProtocol() ?? undefined) : undefined;
      const answer = await readAnswer(response);
      const parserError = watched.error?.code;
      if (answer.bodyError === 'cut' && parserError?.startsWith('HPE_')) answer.parserError = parserError;
      return { answer, answeredMs, socket, tlsVersion };
    } catch (error) {
      if (!(error instanceof FetchError)) throw error;
      const isStale = watched.request?.reusedSocket === true && STALE_CONNECTION.has(error.code ?? '');
      const isLate = performance.now() - sentMs > RESENT_WITHIN_MS;
      // A request without a connection has no socket.
      const wasSent = Boolean(watched.request?.socket);
      if (!mayResend || !isStale || isLate) throw new NoAnswerError(watched.error ?? error, wasSent);
      dropIdleConnections(agent);
    }
  }
}

function optionsFor({ method, headers }: GatewayRequest, agent: Agent): RequestInit {
  return { method, headers, agent, redirect: 'manual', compress: false };
}

/** The request that node-fetch hides: whether its connection was a kept one, and its original error. */
interface WatchedRequest {
  request?: ClientRequest;
  error?: NodeJS.ErrnoException;
}

let onCreated: ((request: ClientRequest) => void) | undefined;

subscribe('http.client.request.created', (message) => onCreated?.((message as { request: ClientRequest }).request));

/**
 * Watches the request that a function creates before it returns. Another subscriber of the channel may create its own request in
 * that time, which does not have this request's id.
 *
 * Node writes a request after its `socket` event, so nothing is sent of a request that is destroyed there.
 *
 * @see Node's built-in diagnostics channel `http.client.request.created`, which is published synchronously
 */
function watchRequest<Sent>(
  send: () => Sent,
  { headers, beforeSending }: GatewayRequest,
): { sent: Sent; watched: WatchedRequest } {
  const watched: WatchedRequest = {};
  onCreated = (request) => {
    if (request.getHeader(REQUEST_ID) !== headers[REQUEST_ID]) return;
    watched.request = request;
    request.once('error', (error) => {
      watched.error = error;
    });
    if (beforeSending) request.once('socket', () => sendOrDestroy(request, beforeSending));
  };
  try {
    return { sent: send(), watched };
  } finally {
    onCreated = undefined;
  }
}

function sendOrDestroy(request: ClientRequest, beforeSending: () => void): void {
  try {
    beforeSending();
  } catch (error) {
    request.destroy(error instanceof Error ? error : new Error(String(error)));
  }
}
