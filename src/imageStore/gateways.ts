import { FabricRequestError } from '../cleanup/model/fabricRequestError.ts';
import { type CallDeadline, CallEndedError } from './callDeadline.ts';
import { ConnectionSlots } from './connectionSlots.ts';
import type { CredentialsKind } from './credentialsKind.ts';
import { Gateway } from './gateway.ts';
import type { GatewayAgentOptions } from './gatewayAgent.ts';
import { type Exchange, type GatewayRequest, NoAnswerError } from './gatewayCall.ts';
import type { Reservation, Sender, SentAnswer } from './sender.ts';
import { unreachable } from './unanswered.ts';

/** How long a gateway that did not answer is skipped while there are others. */
const SKIP_MS = 30_000;

/** How to reach a cluster's gateways. */
export interface GatewaysOptions extends GatewayAgentOptions {
  /** At least one, tried in this order at first. */
  endpoints: readonly URL[];
  /** How long a gateway that did not answer is skipped; 30 s by default. */
  skipMs?: number;
  /** The credentials that are sent with each request. */
  credentials: CredentialsKind;
}

/** The gateways of one cluster. Any of them can answer; the one that answered last is preferred. */
export class Gateways implements Sender {
  readonly #gateways: Gateway[];
  readonly #slots: ConnectionSlots;
  /** Probes have their own slots: calls that hang must not delay them. */
  readonly #probeSlots: ConnectionSlots;
  readonly #skipMs: number;
  readonly #credentials: CredentialsKind;
  #preferred = 0;

  constructor(options: GatewaysOptions) {
    this.#gateways = options.endpoints.map((endpoint) => new Gateway(endpoint, options));
    this.#slots = new ConnectionSlots(options.maxConnections);
    this.#probeSlots = new ConnectionSlots(options.maxConnections);
    this.#skipMs = options.skipMs ?? SKIP_MS;
    this.#credentials = options.credentials;
  }

  /**
   * Sends one request to the gateway that answered last, and to the next ones while there is no answer.
   *
   * @throws {FabricRequestError} of kind `unreachable` if none answered; {@link CallEndedError} if the deadline ended the call
   */
  async send(request: GatewayRequest, deadline: CallDeadline, requestId: string, reserve = false): Promise<SentAnswer> {
    await this.#slots.take(deadline);
    let isReserved = false;
    try {
      let failed: { host: string; cause: unknown } | undefined;
      let mayBeRepeated = false;
      for (const gateway of this.inPreferredOrder()) {
        try {
          let exchange = await gateway.call(request, deadline);
          if (gateway.missesCertificate(exchange)) {
            exchange = await gateway.callOverTls12('kept', exchange, request, deadline);
          }
          this.prefer(gateway);
          isReserved = reserve;
          const { answer, tlsVersion } = exchange;
          const sent: SentAnswer = { answer, host: gateway.host, tlsVersion, mayBeRepeated };
          if (reserve) sent.reservation = this.#reservationOf(gateway, exchange);
          return sent;
        } catch (error) {
          failed = { host: gateway.host, cause: this.#causeOf(error, gateway, deadline) };
          mayBeRepeated ||= error instanceof NoAnswerError && error.wasSent;
        }
      }
      throw this.#unreachable(failed?.cause, failed?.host ?? '', requestId, this.#gateways.length);
    } finally {
      if (!isReserved) this.#slots.release();
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

  /** All gateways, beginning with the one that answered last. Those that are skipped come last: there may be no other. */
  inPreferredOrder(): Gateway[] {
    if (this.#gateways.length === 1) return this.#gateways;
    const now = performance.now();
    const turn = [...this.#gateways.slice(this.#preferred), ...this.#gateways.slice(0, this.#preferred)];
    return [
      ...turn.filter((gateway) => gateway.skippedUntil <= now),
      ...turn.filter((gateway) => gateway.skippedUntil > now),
    ];
  }

  prefer(gateway: Gateway): void {
    this.#preferred = this.#gateways.indexOf(gateway);
    gateway.skippedUntil = 0;
  }

  close(): void {
    for (const gateway of this.#gateways) gateway.close();
  }

  #reservationOf(gateway: Gateway, { answeredMs, socket }: Exchange): Reservation {
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
   * Has a gateway that did not answer skipped for a while.
   *
   * @returns why there was no answer
   * @throws errors that are not about the gateway: {@link CallEndedError}, or what `beforeSending` threw
   */
  #causeOf(error: unknown, gateway: Gateway, deadline: CallDeadline): unknown {
    if (error instanceof NoAnswerError && error.cause instanceof FabricRequestError) throw error.cause;
    if (deadline.ended !== 'aborted') gateway.skippedUntil = performance.now() + this.#skipMs;
    if (deadline.ended) throw new CallEndedError();
    if (!(error instanceof NoAnswerError)) throw error;
    return error.cause;
  }
}
