import type { ServerResponse } from 'node:http';
import type { HttpResponseData } from '../protocol.ts';

// These headers are about the connection, so only the server sets them.
const SERVER_OWNED = new Set(['transfer-encoding', 'connection', 'keep-alive']);

/** Answers with a status and no body. */
export function answerEmpty(response: ServerResponse, status: number): void {
  if (response.headersSent) return;
  response.writeHead(status, { 'content-length': '0' });
  response.end();
}

/** Answers with a text of the host itself, and ends the connection, since the request's body is not read. */
export function answerText(response: ServerResponse, status: number, text: string): void {
  const headers = {
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
    connection: 'close',
  };
  response.writeHead(status, headers).end(`${text}\n`);
}

/** Sends the result of a function; 204 if there is none. */
export function answerFunction(response: ServerResponse, data: HttpResponseData | undefined): void {
  if (!data) {
    response.writeHead(204).end();
    return;
  }
  if (data.cookies.length > 0) {
    answerText(response, 500, 'The local functions host does not send cookies.');
    return;
  }
  for (const [name, value] of Object.entries(data.headers)) {
    if (!SERVER_OWNED.has(name)) response.setHeader(name, value);
  }
  // Breaks the connection if the body does not match the function's Content-Length, as Kestrel does, so that no client hangs.
  response.strictContentLength = true;
  try {
    response.writeHead(Number(data.statusCode));
    // Two writes, so that an answer without Content-Length is chunked as Kestrel's are.
    const body = data.body?.bytes;
    if (body && body.byteLength > 0) response.write(body);
    response.end();
  } catch {
    response.destroy();
  }
}
