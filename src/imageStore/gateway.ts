import type { Agent } from 'node:http';
import type { Socket } from 'node:net';
import type { CallDeadline } from './callDeadline.ts';
import { createGatewayAgent, dropIdleConnections, type GatewayAgentOptions, isIdle } from './gatewayAgent.ts';
import { callGateway, type Exchange, type GatewayRequest } from './gatewayCall.ts';

/** One HTTP gateway endpoint, with its connections. */
export class Gateway {
  /** Host and port. */
  readonly host: string;
  /** Left out until then, by `performance.now()`, while there are others. */
  asideUntil = 0;
  readonly #endpoint: URL;
  readonly #options: GatewayAgentOptions;
  readonly #kept: Agent;
  /** Makes a connection for each request. Made at its first use: most processes never need it. */
  #fresh: Agent | undefined;

  constructor(endpoint: URL, options: GatewayAgentOptions) {
    this.host = endpoint.host;
    this.#endpoint = endpoint;
    this.#options = options;
    this.#kept = createGatewayAgent(endpoint, options);
  }

  /** Sends a request on a kept connection, or on a new one if there is none. Throws as {@link callGateway} does. */
  call(request: GatewayRequest, deadline: CallDeadline): Promise<Exchange> {
    return callGateway(this.#endpoint.origin, this.#kept, request, deadline);
  }

  /** As `call`, always on a new connection. */
  callOnNew(request: GatewayRequest, deadline: CallDeadline): Promise<Exchange> {
    this.#fresh ??= createGatewayAgent(this.#endpoint, { ...this.#options, keepAlive: false });
    return callGateway(this.#endpoint.origin, this.#fresh, request, deadline);
  }

  /**
   * As `call`, on a connection that was in use just now, or on a new one: never on one that was idle for long, which the other
   * end may have closed.
   *
   * @param socket - the connection that served the call before this one
   */
  callAfter(socket: Socket | undefined, request: GatewayRequest, deadline: CallDeadline): Promise<Exchange> {
    // An agent takes the connection that became idle last: this one, or one that did so after it.
    if (socket && isIdle(this.#kept, socket)) return this.call(request, deadline);
    return this.callOnNew(request, deadline);
  }

  /** Ends the connections that are not in use, and keeps none from then on. */
  close(): void {
    this.#kept.maxFreeSockets = 0;
    dropIdleConnections(this.#kept);
  }
}
