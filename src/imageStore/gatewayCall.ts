import type { Agent, ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import fetch, { FetchError, type RequestInit } from 'node-fetch';
import type { CallDeadline } from './callDeadline.ts';
import { dropIdleConnections } from './gatewayAgent.ts';
import { type GatewayAnswer, readAnswer } from './gatewayAnswer.ts';
import { arrivedAfterMs } from './loopPulse.ts';

/** One request, as any of the cluster's gateways may get it. */
export interface GatewayRequest {
  method: 'GET' | 'DELETE';
  /** Path and query. */
  target: string;
  headers: Record<string, string>;
  /** Called each time that the connection stands, before the first byte leaves. If it throws, nothing is sent. */
  beforeSending?: () => void;
  /** Whether it must not be sent again on another connection. */
  sendOnce?: boolean;
}

/** A request and its answer. */
export interface Exchange {
  answer: GatewayAnswer;
  /** When the headers of the answer arrived, by `performance.now()`; rather too early than too late. */
  answeredMs: number;
  /** The connection that served it. */
  socket: Socket | undefined;
  /** The connection's TLS version, such as `TLSv1.3`; `undefined` over http. */
  tlsVersion: string | undefined;
}

/** The headers of every request; a look-up also asks the caches on its way for a new answer. */
export function headersOf(
  method: GatewayRequest['method'],
  requestId: string,
  clusterId: string | undefined,
): Record<string, string> {
  return {
    Accept: 'application/json',
    'User-Agent': 'upload-session-sweeper',
    'X-ServiceFabricRequestId': requestId,
    ...(method === 'GET' && { 'Cache-Control': 'no-cache' }),
    ...(clusterId !== undefined && { ClusterId: clusterId }),
  };
}

/** No answer came. `cause` is what Node said, not node-fetch's copy of it, which holds the whole address. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

/** How a connection fails that its other end had closed while it was not in use. */
const STALE_CONNECTION = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ETIMEDOUT']);

/**
 * How soon a closed connection is noticed, in milliseconds: its other end answers to the first byte. A failure that comes later
 * is not that of a closed connection, so the request is not sent again.
 */
const RESENT_WITHIN_MS = 1_000;

/**
 * Sends one request to one gateway, and reads the answer whatever its status.
 *
 * A kept connection may have been closed by the other end meanwhile. That says nothing about the cluster, so the same
 * request is sent once more, on a new connection, unless it may be sent once only.
 *
 * @throws {NoAnswerError} when no answer came; `CallEndedError` when the deadline ended the call before one began
 */
export async function callGateway(
  origin: string,
  agent: Agent,
  request: GatewayRequest,
  deadline: CallDeadline,
): Promise<Exchange> {
  for (let mayResend = !request.sendOnce; ; mayResend = false) {
    const watched = watchRequests(agent, request.beforeSending);
    const sentMs = performance.now();
    try {
      const sent = fetch(origin + request.target, optionsFor(request, watched.agent));
      // Destroying the request ends an answer in its middle as well, but one that waits for its connection wouldn't notice.
      const response = await deadline.race(sent, () => watched.request?.destroy());
      const answeredMs = arrivedAfterMs();
      const socket = watched.request?.socket ?? undefined;
      const tlsVersion = socket instanceof TLSSocket ? (socket.getProtocol() ?? undefined) : undefined;
      const answer = await readAnswer(response);
      const parserError = watched.error?.code;
      if (answer.bodyError === 'cut' && parserError?.startsWith('HPE_')) answer.parserError = parserError;
      return { answer, answeredMs, socket, tlsVersion };
    } catch (error) {
      if (!(error instanceof FetchError)) throw error;
      const isStale = watched.request?.reusedSocket === true && STALE_CONNECTION.has(error.code ?? '');
      const isLate = performance.now() - sentMs > RESENT_WITHIN_MS;
      if (!mayResend || !isStale || isLate)
        throw new NoAnswerError('no answer came', { cause: watched.error ?? error });
      dropIdleConnections(agent);
    }
  }
}

function optionsFor({ method, headers }: GatewayRequest, agent: Agent): RequestInit {
  return { method, headers, agent, redirect: 'manual', compress: false };
}

interface WatchedAgent {
  agent: Agent;
  request?: ClientRequest;
  error?: NodeJS.ErrnoException;
}

/**
 * A view of an agent for one call that sees the request which node-fetch hides: whether its connection was a kept one, and
 * its real error.
 *
 * `addRequest` is what Node asks of every agent (`http.ClientRequest` refuses one without it), but isn't documented.
 *
 * @param beforeSending - called when the request has its connection; Node writes the request after that event, so a request
 *   destroyed there leaves nothing on the wire
 */
function watchRequests(agent: Agent, beforeSending: (() => void) | undefined): WatchedAgent {
  const { addRequest } = agent as Agent & { addRequest(request: ClientRequest, options: object): void };
  const watched: WatchedAgent = {
    agent: Object.create(agent, {
      addRequest: {
        value(request: ClientRequest, options: object): void {
          watched.request = request;
          request.once('error', (error) => {
            watched.error = error;
          });
          if (beforeSending) request.once('socket', () => sendOrDestroy(request, beforeSending));
          addRequest.call(agent, request, options);
        },
      },
    }),
  };
  return watched;
}

function sendOrDestroy(request: ClientRequest, beforeSending: () => void): void {
  try {
    beforeSending();
  } catch (error) {
    request.destroy(error instanceof Error ? error : new Error(String(error)));
  }
}
