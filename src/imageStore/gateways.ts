import type { Agent } from 'node:http';
import { type CallDeadline, CallEndedError } from './callDeadline.ts';
import { ConnectionSlots } from './connectionSlots.ts';
import { createGatewayAgent, dropIdleConnections, type GatewayAgentOptions } from './gatewayAgent.ts';
import type { GatewayAnswer } from './gatewayAnswer.ts';
import { callGateway, type GatewayRequest, NoAnswerError } from './gatewayCall.ts';
import { unreachable } from './unanswered.ts';

/** How long a gateway that did not answer is left out, while there are others. */
const ASIDE_MS = 30_000;

/** How to reach a cluster's gateways. */
export interface GatewaysOptions extends GatewayAgentOptions {
  /** At least one, tried in this order at first. */
  endpoints: readonly URL[];
  /** How long a gateway that did not answer is left out; 30 s by default. */
  asideMs?: number;
}

interface Gateway {
  origin: string;
  host: string;
  agent: Agent;
  /** Left out until then, by `performance.now()`. */
  asideUntil: number;
}

/** What a gateway answered, and which one did. */
export interface SentAnswer {
  answer: GatewayAnswer;
  /** Host and port. */
  host: string;
}

/** Sends requests to a cluster. */
export interface Sender {
  send(request: GatewayRequest, deadline: CallDeadline, requestId: string): Promise<SentAnswer>;
  /** Ends the connections that are not in use, and lets no more become idle. */
  close(): void;
}

/** The gateways of one cluster: any of them does, and one that answers is stayed with. */
export class Gateways implements Sender {
  readonly #gateways: Gateway[];
  readonly #slots: ConnectionSlots;
  readonly #asideMs: number;
  #preferred = 0;

  constructor(options: GatewaysOptions) {
    this.#gateways = options.endpoints.map((endpoint) => ({
      origin: endpoint.origin,
      host: endpoint.host,
      agent: createGatewayAgent(endpoint, options),
      asideUntil: 0,
    }));
    this.#slots = new ConnectionSlots(options.maxConnections);
    this.#asideMs = options.asideMs ?? ASIDE_MS;
  }

  /**
   * Sends one request: to the gateway that answered last, and to the next ones for want of an answer.
   *
   * @throws {FabricRequestError} when none answered, of kind `unreachable`; {@link CallEndedError} when the deadline ended the call
   */
  async send(request: GatewayRequest, deadline: CallDeadline, requestId: string): Promise<SentAnswer> {
    await this.#slots.take(deadline);
    try {
      let failed: { host: string; cause: unknown } | undefined;
      for (const gateway of this.#inTurn()) {
        try {
          const answer = await callGateway(gateway.origin, gateway.agent, request, deadline);
          this.#preferred = this.#gateways.indexOf(gateway);
          gateway.asideUntil = 0;
          return { answer, host: gateway.host };
        } catch (error) {
          if (deadline.ended !== 'aborted') gateway.asideUntil = performance.now() + this.#asideMs;
          if (deadline.ended) throw new CallEndedError();
          if (!(error instanceof NoAnswerError)) throw error;
          failed = { host: gateway.host, cause: error.cause };
        }
      }
      throw unreachable(failed?.cause, failed?.host ?? '', this.#gateways.length, requestId);
    } finally {
      this.#slots.release();
    }
  }

  close(): void {
    for (const { agent } of this.#gateways) {
      agent.maxFreeSockets = 0;
      dropIdleConnections(agent);
    }
  }

  /** From the one that answered last; those left out come last, for there may be nothing better. */
  #inTurn(): Gateway[] {
    if (this.#gateways.length === 1) return this.#gateways;
    const now = performance.now();
    const turn = [...this.#gateways.slice(this.#preferred), ...this.#gateways.slice(0, this.#preferred)];
    return [
      ...turn.filter((gateway) => gateway.asideUntil <= now),
      ...turn.filter((gateway) => gateway.asideUntil > now),
    ];
  }
}
