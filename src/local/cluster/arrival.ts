import type { IncomingMessage } from 'node:http';
import type { GatewayCall } from './gatewayUrl.ts';
import type { ImageStore } from './imageStore.ts';
import type { LoggedRequest } from './requestLog.ts';

/** The entry of a request in the request log when it arrives. */
export function arrivalOf(
  request: IncomingMessage,
  call: GatewayCall,
  { clock, sessions }: ImageStore,
): Omit<LoggedRequest, 'sequence'> {
  const { operation, timeoutSeconds } = call;
  const sessionId = call.sessionId?.toLowerCase();
  const requestId = headerOf(request, 'x-servicefabricrequestid');
  const clusterId = headerOf(request, 'clusterid');
  const session = operation === 'delete' && sessionId !== undefined ? sessions.find(sessionId) : undefined;
  return {
    arrivedAt: clock.now(),
    arrivedAtWallClock: Date.now(),
    operation,
    method: request.method ?? '',
    ...(sessionId !== undefined && { sessionId }),
    ...(requestId !== undefined && { requestId }),
    ...(clusterId !== undefined && { clusterId }),
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
    ...(session && { modifiedAt: session.modifiedAt }),
  };
}

/** HTTP.sys, which the real gateway uses, rejects a PUT or POST without Content-Length and Transfer-Encoding. */
export function lacksLength(request: IncomingMessage): boolean {
  if (request.method !== 'PUT' && request.method !== 'POST') return false;
  return request.headers['content-length'] === undefined && request.headers['transfer-encoding'] === undefined;
}

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}
