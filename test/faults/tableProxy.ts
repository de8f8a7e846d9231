import { once } from 'node:events';
import { request as ask, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { RandomChoices } from './randomChoices.ts';
import { RequestGate } from './requestGate.ts';

/** The faults of the connection to the tables: minimum and maximum latency in milliseconds, and probabilities from 0 to 1. */
export interface StorageFaults {
  latencyMs: [number, number];
  /** Nothing is carried out: 503 `ServerBusy`, or 403 as during a key rotation, which clients do not retry. */
  refused: number;
  /** The connection is cut, and nothing is carried out. */
  resetBefore: number;
  /** The request is carried out, and the connection is cut instead of the answer. */
  resetAfter: number;
}

/** A proxy between the app and the tables that makes the storage slow, busy or unreachable. */
export interface TableProxy {
  /** Such as `http://127.0.0.1:12345`. */
  endpoint: string;
  setFaults(faults: StorageFaults | undefined, seed?: number): void;
  /**
   * Rejects changes of some rows from now on, like the real service for rows that exceed its limits. The emulator does not enforce
   * these limits.
   *
   * @param codes - such as `TooManyProperties`, by row key
   */
  refuseChanges(codes: ReadonlyMap<string, string>): void;
  /** Rejects writes of rows with a text in their keys, such as the outcomes of one session. */
  refuseKeysWith(part: string, code: string): void;
  /** The row keys of the changes that were rejected since the last call of `refuseChanges`. */
  readonly refusedRows: readonly string[];
  /** Makes requests wait. */
  readonly gate: RequestGate;
  /** The number of requests with a fault other than latency. */
  readonly injected: number;
  /** The number of requests. */
  readonly requests: number;
  close(): Promise<void>;
}

const REFUSALS = {
  busy: { status: 503, code: 'ServerBusy' },
  denied: { status: 403, code: 'AuthorizationFailure' },
};

/** @param target - the address of the tables, such as `http://127.0.0.1:10002` */
export async function startTableProxy(target: string): Promise<TableProxy> {
  const { hostname, port } = new URL(target);
  let faults: StorageFaults | undefined;
  let random = new RandomChoices(1);
  let injected = 0;
  let requests = 0;
  const gate = new RequestGate();
  let unwritable: ReadonlyMap<string, string> = new Map();
  let refusedPart: { part: string; code: string } | undefined;
  let refusedRows: string[] = [];

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    requests += 1;
    const body = await buffer(request);
    const now = faults;
    if (now) await wait(random.between(...now.latencyMs));
    await gate.opened();
    // If the client has closed the connection, like a killed host, the request does not reach the storage.
    if (response.destroyed) return;
    const fault = choose(now, random);
    if (fault) injected += 1;
    if (fault === 'resetBefore') return cut(response);
    if (fault === 'busy' || fault === 'denied') return refuse(response, REFUSALS[fault]);
    const rowKey = changedRow(request);
    const isInPart = refusedPart && request.method !== 'GET' && rowKey.includes(refusedPart.part);
    const code = unwritable.get(rowKey) ?? (isInPart ? refusedPart?.code : undefined);
    if (code !== undefined) {
      refusedRows.push(rowKey);
      return refuse(response, { status: 400, code });
    }
    const onward = ask({ hostname, port, method: request.method, path: request.url, headers: request.headers });
    const answered = once(onward, 'response') as Promise<[IncomingMessage]>;
    onward.on('error', () => {}); // Reported by `answered`, or while its content is read.
    onward.end(body);
    const [answer] = await answered;
    const content = await buffer(answer);
    if (request.method !== 'GET') gate.onWrite();
    await gate.opened();
    if (fault === 'resetAfter') return cut(response);
    const { connection: _, 'transfer-encoding': __, ...headers } = answer.headers;
    response.writeHead(answer.statusCode ?? 500, headers).end(content);
  };

  const server = createServer((request, response) => {
    // The storage is down, or the client has closed the connection: there is no answer.
    handle(request, response).catch(() => cut(response));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    setFaults(next, seed = 1) {
      faults = next;
      random = new RandomChoices(seed);
    },
    refuseChanges(codes) {
      unwritable = codes;
      refusedRows = [];
    },
    refuseKeysWith(part, code) {
      refusedPart = { part, code };
    },
    get refusedRows() {
      return refusedRows;
    },
    gate,
    get injected() {
      return injected;
    },
    get requests() {
      return requests;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function choose(
  faults: StorageFaults | undefined,
  random: RandomChoices,
): keyof typeof REFUSALS | 'resetBefore' | 'resetAfter' | undefined {
  if (!faults) return undefined;
  if (random.chance(faults.refused)) return random.chance(0.5) ? 'busy' : 'denied';
  if (random.chance(faults.resetBefore)) return 'resetBefore';
  return random.chance(faults.resetAfter) ? 'resetAfter' : undefined;
}

/** The key of the row that a request changes; empty if it does not change exactly one row. */
function changedRow({ method = '', url = '' }: IncomingMessage): string {
  if (!['PATCH', 'MERGE', 'PUT'].includes(method)) return '';
  return /RowKey='([^']*)'/.exec(decodeURIComponent(url))?.[1] ?? '';
}

function refuse(response: ServerResponse, { status, code }: { status: number; code: string }): void {
  const body = { 'odata.error': { code, message: { lang: 'en-US', value: code } } };
  response.writeHead(status, { 'content-type': 'application/json', 'x-ms-error-code': code }).end(JSON.stringify(body));
}

function cut({ socket }: ServerResponse): void {
  socket?.resetAndDestroy();
}
