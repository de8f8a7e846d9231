import { type IncomingHttpHeaders, request } from 'node:http';
import { request as secureRequest } from 'node:https';
import { connect } from 'node:net';
import type { ConnectionOptions } from 'node:tls';

/** An answer, as far as it was received. */
export interface Answer {
  status: number;
  /** The status text. */
  reason: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** Options of a request. */
export interface Said {
  headers?: Record<string, string>;
  body?: string | Buffer;
  signal?: AbortSignal;
  /** For an https endpoint: the trusted authority, and the client's credentials. */
  tls?: Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'ciphers' | 'minVersion' | 'maxVersion'>;
}

/** Sends a request on a new connection, with exactly the given method, path and headers. */
export function ask(endpoint: string, method: string, path: string, said: Said = {}): Promise<Answer> {
  const { protocol, hostname, port } = new URL(endpoint);
  const { body = '', headers = {}, signal, tls = {} } = said;
  const length =
    body.length > 0 || method === 'PUT' || method === 'POST' ? { 'Content-Length': String(body.length) } : {};
  return new Promise((resolve, reject) => {
    const options = {
      hostname,
      port,
      method,
      path,
      agent: false,
      headers: { ...length, ...headers },
      ...(signal && { signal }),
      ...tls,
    };
    const asked = (protocol === 'https:' ? secureRequest : request)(options, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(parts).toString();
        const { statusCode: status = 0, statusMessage: reason = '', headers } = response;
        resolve({ status, reason, headers, body: text });
      });
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

/** Sends bytes, and returns everything that is received until the connection ends. */
export function askRaw(endpoint: string, text: string): Promise<string> {
  const { hostname, port } = new URL(endpoint);
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(Number(port), hostname, () => socket.write(text));
    socket.on('data', (part) => {
      received += part.toString('latin1');
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(received));
  });
}

/** The FabricErrorCode of an answer; `undefined` if its body is not a FabricError. */
export function codeOf(answer: Answer): string | undefined {
  try {
    return (JSON.parse(answer.body) as { Error?: { Code?: string } }).Error?.Code;
  } catch {
    return undefined;
  }
}

const API_VERSION = 'api-version=6.0';

export const deletePath = (sessionId: string) =>
  `/ImageStore/$/DeleteUploadSession?${API_VERSION}&session-id=${sessionId}`;
export const getPath = (sessionId: string) => `/ImageStore/$/GetUploadSession?${API_VERSION}&session-id=${sessionId}`;
export const commitPath = (sessionId: string) =>
  `/ImageStore/$/CommitUploadSession?${API_VERSION}&session-id=${sessionId}`;
export const chunkPath = (storeRelativePath: string, sessionId: string) =>
  `/ImageStore/${storeRelativePath}/$/UploadChunk?${API_VERSION}&session-id=${sessionId}`;

/** Sends one chunk of a file of `fileSizeBytes`. */
export function sendChunk(endpoint: string, path: string, range: string, bytes: number): Promise<Answer> {
  return ask(endpoint, 'PUT', path, { headers: { 'Content-Range': range }, body: Buffer.alloc(bytes, 'x') });
}

/** A session in the gateway's answer. */
export interface DescribedSession {
  StoreRelativePath: string;
  SessionId: string;
  FileSize: string;
  ModifiedDate: string;
  ExpectedRanges: { StartPosition: string; EndPosition: string }[];
}

export function sessionsIn(answer: Answer): DescribedSession[] {
  return (JSON.parse(answer.body) as { UploadSessions: DescribedSession[] }).UploadSessions;
}

/** Waits until a condition is true. @throws if it takes too long */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 5_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Timed out while waiting for ${condition}`);
  }
}
