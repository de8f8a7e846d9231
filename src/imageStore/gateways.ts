import { FabricRequestError } from '../cleanup/model/fabricRequestError.ts';
import { type CallDeadline, CallEndedError } from './callDeadline.ts';
import { ConnectionSlots } from './connectionSlots.ts';
import { Gateway } from './gateway.ts';
import type { GatewayAgentOptions } from './gatewayAgent.ts';
import { type Exchange, type GatewayRequest, NoAnswerError } from './gatewayCall.ts';
import type { Line, Sender, SentAnswer } from './sender.ts';
import { type CredentialsKind, unreachable } from './unanswered.ts';

/** How long a gateway that did not answer is left out, while there are others. */
const ASIDE_MS = 30_000;

/** How to reach a cluster's gateways. */
export interface GatewaysOptions extends GatewayAgentOptions {
  /** At least one, tried in this order at first. */
  endpoints: readonly URL[];
  /** How long a gateway that did not answer is left out; 30 s by default. */
  asideMs?: number;
  /** What the requests come with. */
  credentials: CredentialsKind;
}

/** The gateways of one cluster: any of them does, and one that answers is stayed with. */
export class Gateways implements Sender {
  readonly #gateways: Gateway[];
  readonly #slots: ConnectionSlots;
  /** Sessions that hang must not hold up a probe. */
  readonly #probeSlots: ConnectionSlots;
  readonly #asideMs: number;
  readonly #credentials: CredentialsKind;
  #preferred = 0;

  constructor(options: GatewaysOptions) {
    this.#gateways = options.endpoints.map((endpoint) => new Gateway(endpoint, options));
    this.#slots = new ConnectionSlots(options.maxConnections);
    this.#probeSlots = new ConnectionSlots(options.maxConnections);
    this.#asideMs = options.asideMs ?? ASIDE_MS;
    this.#credentials = options.credentials;
  }

  /**
   * Sends one request: to the gateway that answered last, and to the next ones for want of an answer.
   *
   * @throws {FabricRequestError} when none answered, of kind `unreachable`; {@link CallEndedError} when the deadline ended the call
   */
  async send(
    request: GatewayRequest,
    deadline: CallDeadline,
    requestId: string,
    keepLine = false,
  ): Promise<SentAnswer> {
    await this.#slots.take(deadline);
    let isKept = false;
    try {
      let failed: { host: string; cause: unknown } | undefined;
      for (const gateway of this.inTurn()) {
        try {
          let exchange = await gateway.call(request, deadline);
          if (gateway.missesCertificate(exchange)) {
            exchange = await gateway.callOverTls12('kept', exchange, request, deadline);
          }
          this.prefer(gateway);
          isKept = keepLine;
          const { answer, tlsVersion } = exchange;
          const sent: SentAnswer = { answer, host: gateway.host, tlsVersion };
          if (keepLine) sent.line = this.#lineOf(gateway, exchange);
          return sent;
        } catch (error) {
          failed = { host: gateway.host, cause: this.#causeOf(error, gateway, deadline) };
        }
      }
      throw this.#unreachable(failed?.cause, failed?.host ?? '', requestId, this.#gateways.length);
    } finally {
      if (!isKept) this.#slots.release();
    }
  }

  async sendOnNew(
    gateway: Gateway,
    request: GatewayRequest,
    deadline: CallDeadline,
    requestId: string,
  ): Promise<SentAnswer> {
    await this.#probeSlots.take(deadline);
    try {
      let exchange = await gateway.callOnNew(request, deadline);
      if (gateway.missesCertificate(exchange)) {
        exchange = await gateway.callOverTls12('fresh', exchange, request, deadline);
      }
      const { answer, tlsVersion } = exchange;
      return { answer, host: gateway.host, tlsVersion };
    } catch (error) {
      throw this.#unreachable(this.#causeOf(error, gateway, deadline), gateway.host, requestId);
    } finally {
      this.#probeSlots.release();
    }
  }

  /** From the one that answered last; those left out come last, for there may be nothing better. */
  inTurn(): Gateway[] {
    if (this.#gateways.length === 1) return this.#gateways;
    const now = performance.now();
    const turn = [...this.#gateways.slice(this.#preferred), ...this.#gateways.slice(0, this.#preferred)];
    return [
      ...turn.filter((gateway) => gateway.asideUntil <= now),
      ...turn.filter((gateway) => gateway.asideUntil > now),
    ];
  }

  prefer(gateway: Gateway): void {
    this.#preferred = this.#gateways.indexOf(gateway);
    gateway.asideUntil = 0;
  }

  close(): void {
    for (const gateway of this.#gateways) gateway.close();
  }

  #lineOf(gateway: Gateway, { answeredMs, socket }: Exchange): Line {
    return {
      answeredMs,
      send: async (request, deadline, requestId) => {
        try {
          const { answer, tlsVersion } = await gateway.callAfter(socket, request, deadline);
          return { answer, host: gateway.host, tlsVersion };
        } catch (error) {
          throw this.#unreachable(this.#causeOf(error, gateway, deadline), gateway.host, requestId);
        }
      },
      release: () => this.#slots.release(),
    };
  }

  #unreachable(cause: unknown, host: string, requestId: string, tried = 1): FabricRequestError {
    return unreachable(cause, { host, tried, requestId, credentials: this.#credentials });
  }

  /**
   * Leaves a gateway out that gave no answer.
   *
   * @returns why there was none
   * @throws what is not about the gateway: {@link CallEndedError}, what `beforeSending` threw
   */
  #causeOf(error: unknown, gateway: Gateway, deadline: CallDeadline): unknown {
    if (error instanceof NoAnswerError && error.cause instanceof FabricRequestError) throw error.cause;
    if (deadline.ended !== 'aborted') gateway.asideUntil = performance.now() + this.#asideMs;
    if (deadline.ended) throw new CallEndedError();
    if (!(error instanceof NoAnswerError)) throw error;
    return error.cause;
  }
}
