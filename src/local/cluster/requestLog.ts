import type { Credential } from './authorize.ts';
import type { ConnectionFault } from './faultRule.ts';
import type { Operation } from './gatewayUrl.ts';

/** A request to the gateway. Times are milliseconds since 1970. */
export interface LoggedRequest {
  /** The first request has 1. `clear` does not reset it. */
  sequence: number;
  /** When it arrived, by the cluster's clock. */
  arrivedAt: number;
  /** When it arrived, by this machine's clock. */
  arrivedAtWallClock: number;
  operation: Operation;
  method: string;
  /** As in the URL, valid or not, in lower case. */
  sessionId?: string;
  /** The header `X-ServiceFabricRequestId`. */
  requestId?: string;
  /** The header `ClusterId`. */
  clusterId?: string;
  timeoutSeconds?: number;
  /** On a secured cluster: how the client was authenticated. */
  admittedBy?: Credential;
  /** The id of the fault rule that was applied. */
  faultId?: number;
  /** Whether the operation was carried out; absent until it is known. */
  applied?: boolean;
  /** The status that was sent, also if the answer broke; absent if there is no answer yet. */
  status?: number;
  code?: string;
  /** When the answer was sent, by this machine's clock. */
  answeredAtWallClock?: number;
  /** How the answer was broken. */
  broken?: ConnectionFault;
  /** Whether the client closed the connection before the answer was sent. */
  clientGone?: boolean;
  /** The number of times that the gateway tried to reach the primary; absent for one. */
  attempts?: number;
  /** For a delete: when the primary received it, by the cluster's clock. */
  performedAt?: number;
  /**
   * For a delete: the time of the session's last chunk when the primary received it, or when the request arrived if it did not reach the
   * primary. Absent if the cluster had no such session.
   */
  modifiedAt?: number;
  /** For a delete: whether the session existed and was deleted. */
  deleted?: boolean;
  /** For a delete: the bytes of the chunk files that it removed. */
  bytesFreed?: number;
}

/** Which part of the log to read. */
export interface LogQuery {
  /** Only requests after this sequence number. */
  since?: number | undefined;
  limit?: number | undefined;
  operation?: Operation | undefined;
  sessionId?: string | undefined;
}

/** A page of the log. */
export interface LogPage {
  requests: LoggedRequest[];
  /** The value of `since` for the next page. */
  next: number;
  /** Whether requests after `next` are in the log now. */
  more: boolean;
}

/** The last requests to the gateway. The oldest are dropped if there are too many. */
export class RequestLog {
  readonly #capacity: number;
  /** A ring buffer: the index of a request is its sequence number modulo the capacity. */
  #requests: LoggedRequest[] = [];
  #first = 1;
  #last = 0;
  #counts: Partial<Record<Operation, number>> = {};

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Adds a request. The caller updates the entry while the request is in progress. */
  add(request: Omit<LoggedRequest, 'sequence'>): LoggedRequest {
    this.#last += 1;
    this.#counts[request.operation] = (this.#counts[request.operation] ?? 0) + 1;
    const logged: LoggedRequest = { sequence: this.#last, ...request };
    this.#requests[this.#last % this.#capacity] = logged;
    this.#first = Math.max(this.#first, this.#last - this.#capacity + 1);
    return logged;
  }

  read(query: LogQuery): LogPage {
    const { since = 0, limit = 1_000, operation, sessionId } = query;
    const requests: LoggedRequest[] = [];
    let next = Math.max(since, this.#first - 1);
    while (next < this.#last && requests.length < limit) {
      next += 1;
      const request = this.#requests[next % this.#capacity];
      if (!request) continue;
      if (operation !== undefined && request.operation !== operation) continue;
      if (sessionId !== undefined && request.sessionId !== sessionId.toLowerCase()) continue;
      requests.push(request);
    }
    return { requests, next, more: next < this.#last };
  }

  /** The number of requests of each operation since the log was last cleared, including dropped ones. */
  counts(): Partial<Record<Operation, number>> {
    return this.#counts;
  }

  /** Removes all requests. Sequence numbers continue. */
  clear(): void {
    this.#requests = [];
    this.#counts = {};
    this.#first = this.#last + 1;
  }
}
