import { request } from 'node:https';
import { text } from 'node:stream/consumers';

/** The credentials of a client of a secured cluster. */
export interface GatewayCredentials {
  /** The certificate of the server or of its authority, PEM. */
  ca: string;
  /** The client's certificate, PEM. */
  cert?: string | undefined;
  /** Its private key, PEM. */
  key?: string | undefined;
  /** A bearer token. */
  token?: string | undefined;
}

/** A request to a gateway. */
export interface GatewayRequest {
  method: 'PUT' | 'POST';
  headers?: Record<string, string>;
  body?: Buffer;
}

/**
 * Sends a request to a gateway. @throws if no answer comes
 *
 * @param credentials - `undefined` if the cluster is not secured
 */
export async function sendToGateway(
  url: string,
  { method, headers = {}, body = Buffer.alloc(0) }: GatewayRequest,
  credentials: GatewayCredentials | undefined,
): Promise<{ status: number; body: string }> {
  if (!credentials) {
    const response = await fetch(url, { method, headers, body: body.length > 0 ? new Uint8Array(body) : null });
    return { status: response.status, body: await response.text() };
  }
  const { ca, cert, key, token } = credentials;
  const authorization = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  return await new Promise((resolve, reject) => {
    const options = {
      method,
      headers: { ...headers, ...authorization, 'Content-Length': body.length },
      ca,
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
    };
    const sent = request(url, options, (response) => {
      text(response).then((answer) => resolve({ status: response.statusCode ?? 0, body: answer }), reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
