import { type ServerResponse, STATUS_CODES } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ConnectionFault } from './faultRule.ts';
import { bodyOf, type GatewayAnswer } from './gatewayAnswer.ts';

type Headers = Record<string, string>;

/** The length of the body for an empty answer that must break in its body. */
const CLAIMED_BYTES = 64;

/** Sends a whole answer. `date` is the value of its `Date` header. */
export function sendAnswer(response: ServerResponse, answer: GatewayAnswer, date: string): void {
  const { body, headers } = compose(answer, date);
  writeHead(response, answer, headers);
  response.end(body);
}

/** Sends an answer whose body is padded with spaces to `bytes` bytes, as fast as the client reads it. */
export async function sendPadded(response: ServerResponse, answer: GatewayAnswer, date: string, bytes: number) {
  const { body, headers } = compose(answer, date);
  writeHead(response, answer, { ...headers, 'Content-Length': String(Math.max(bytes, body.length)) });
  const blanks = Buffer.alloc(65_536, ' ');
  const padded = function* () {
    yield body;
    for (let left = bytes - body.length; left > 0; left -= blanks.length) yield blanks.subarray(0, left);
  };
  // A client may close the connection before it has read everything.
  await pipeline(Readable.from(padded()), response).catch(() => undefined);
}

/** Ends the connection instead of answering, in the middle of the answer, or right after it. */
export function breakConnection(
  response: ServerResponse,
  how: Exclude<ConnectionFault, 'noAnswer'>,
  answer: GatewayAnswer,
  date: string,
): void {
  const { socket } = response;
  if (!socket) return;
  if (how === 'breakBeforeAnswer') {
    // A TLS socket cannot be reset, so the connection just ends.
    if ('encrypted' in socket) socket.destroy();
    else socket.resetAndDestroy();
    return;
  }
  if (how === 'breakAfterAnswer') {
    response.once('finish', () => socket.destroy());
    sendAnswer(response, answer, date);
    return;
  }
  const { body, headers } = compose(answer, date);
  const claimed = body.length > 0 ? body : Buffer.alloc(CLAIMED_BYTES, ' ');
  const lines = Object.entries({ ...headers, 'Content-Length': String(claimed.length) });
  const head = [
    `HTTP/1.1 ${answer.status} ${answer.reason ?? STATUS_CODES[answer.status] ?? ''}`,
    ...lines.map((line) => line.join(': ')),
  ];
  const wholeHead = Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1');
  const bytes =
    how === 'breakInHead'
      ? wholeHead.subarray(0, wholeHead.length / 2)
      : Buffer.concat([wholeHead, claimed.subarray(0, claimed.length / 2)]);
  socket.end(bytes, () => socket.destroy());
}

function writeHead(response: ServerResponse, { status, reason }: GatewayAnswer, headers: Headers): void {
  response.sendDate = false;
  // Set explicitly, because Node would otherwise add a Keep-Alive header, which the real gateway does not send.
  const all = { ...headers, Connection: response.shouldKeepAlive ? 'keep-alive' : 'close' };
  response.writeHead(status, reason ?? STATUS_CODES[status] ?? '', all);
}

function compose(answer: GatewayAnswer, date: string): { body: Buffer; headers: Headers } {
  const { body, contentType } = bodyOf(answer);
  const bytes = Buffer.from(body);
  // The real gateway uses HTTP.sys, which sets this Server header.
  const headers: Headers = { Date: date, Server: 'Microsoft-HTTPAPI/2.0' };
  if (contentType !== undefined) {
    headers['Content-Type'] = contentType;
    headers['X-Content-Type-Options'] = 'nosniff';
  }
  if (answer.status !== 204) headers['Content-Length'] = String(bytes.length);
  for (const [name, value] of Object.entries(answer.headers ?? {})) {
    const same = Object.keys(headers).find((known) => known.toLowerCase() === name.toLowerCase());
    headers[same ?? name] = value;
  }
  return { body: bytes, headers };
}
