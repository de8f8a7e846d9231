import type { Agent } from 'node:http';
import { createGatewayAgent, dropIdleConnections, type GatewayAgentOptions } from './gatewayAgent.ts';

/** The agents for one gateway. */
export class GatewayAgents {
  /** Keeps connections for later requests. */
  readonly kept: Agent;
  readonly #endpoint: URL;
  readonly #options: GatewayAgentOptions;
  #fresh: Agent | undefined;

  constructor(endpoint: URL, options: GatewayAgentOptions) {
    this.#endpoint = endpoint;
    this.#options = options;
    this.kept = createGatewayAgent(endpoint, options);
  }

  /** Opens a new connection for each request. Created at its first use, since most processes never need it. */
  get fresh(): Agent {
    this.#fresh ??= createGatewayAgent(this.#endpoint, { ...this.#options, keepAlive: false });
    return this.#fresh;
  }

  /** Closes idle connections now, and connections in use after their answer. */
  close(): void {
    this.kept.maxFreeSockets = 0;
    dropIdleConnections(this.kept);
  }
}
