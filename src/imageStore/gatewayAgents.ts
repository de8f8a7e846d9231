import type { Agent } from 'node:http';
import { createGatewayAgent, dropIdleConnections, type GatewayAgentOptions } from './gatewayAgent.ts';

/** The agents for one gateway. */
export class GatewayAgents {
  /** Keeps connections. */
  readonly kept: Agent;
  readonly #endpoint: URL;
  readonly #options: GatewayAgentOptions;
  #fresh: Agent | undefined;

  constructor(endpoint: URL, options: GatewayAgentOptions) {
    this.#endpoint = endpoint;
    this.#options = options;
    this.kept = createGatewayAgent(endpoint, options);
  }

  /** Makes a connection for each request. Made at its first use: most processes never need it. */
  get fresh(): Agent {
    this.#fresh ??= createGatewayAgent(this.#endpoint, { ...this.#options, keepAlive: false });
    return this.#fresh;
  }

  /** Ends the connections that are not in use, and keeps none from then on. */
  close(): void {
    this.kept.maxFreeSockets = 0;
    dropIdleConnections(this.kept);
  }
}
