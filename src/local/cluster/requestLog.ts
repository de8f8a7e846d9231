import type { Credential } from './authorize.ts';
import type { ConnectionFault } from './faultRule.ts';
import type { Operation } from './gatewayUrl.ts';

/** A request as the gateway met it. Times are milliseconds since 1970. */
export interface LoggedRequest {
  /** Counts up from 1, never starts again. */
  sequence: number;
  /** When it arrived, by the cluster's clock. */
  arrivedAt: number;
  /** When it arrived, by this machine's clock. */
  arrivedAtWallClock: number;
  operation: Operation;
  method: string;
  /** As in the URL, in lower case, whatever it is. */
  sessionId?: string;
  /** The header `X-ServiceFabricRequestId`. */
  requestId?: string;
  /** The header `ClusterId`. */
  clusterId?: string;
  timeoutSeconds?: number;
  /** On a secured cluster: what the client was let in for. */
  admittedBy?: Credential;
  /** The id of the fault rule that acted. */
  faultId?: number;
  /** Whether the operation's work was done; absent while it isn't decided. */
  applied?: boolean;
  /** The status that was sent, also when the answer broke. Absent: no answer, or not yet. */
  status?: number;
  code?: string;
  /** When the answer was sent, by this machine's clock. */
  answeredAtWallClock?: number;
  /** How the answer was broken. */
  broken?: ConnectionFault;
  /** The client went away before the answer was sent. */
  clientGone?: boolean;
  /** How often the gateway asked the primary, when more than once: it was moving. */
  attempts?: number;
  /** Of a delete: when the primary took it, by the cluster's clock. */
  performedAt?: number;
  /**
   * Of a delete: the session's last chunk when the primary took it; when the request arrived, if it did not get that far.
   * Absent: the cluster knew no such session.
   */
  modifiedAt?: number;
  /** Of a delete: whether it took the session out of the map. */
  deleted?: boolean;
  /** Of a delete: the bytes of the chunk files that it removed. */
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
  /** What to give as `since` for the next page. */
  next: number;
  /** Whether requests after `next` are in the log now. */
  more: boolean;
}

/** The last requests that the gateway met, the oldest dropped when there are too many. */
export class RequestLog {
  readonly #capacity: number;
  /** A ring: a request's place is its sequence number modulo the capacity. */
  #requests: LoggedRequest[] = [];
  #first = 1;
  #last = 0;
  #counts: Partial<Record<Operation, number>> = {};

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Adds a request. The caller goes on writing into it while the request is under way. */
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

  /** How many requests of each operation there were since the log was last cleared, those included that it has dropped. */
  counts(): Partial<Record<Operation, number>> {
    return this.#counts;
  }

  /** Forgets all requests. Sequence numbers go on. */
  clear(): void {
    this.#requests = [];
    this.#counts = {};
    this.#first = this.#last + 1;
  }
}
