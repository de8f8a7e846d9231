import type { Socket } from 'node:net';
import type { SecureVersion } from 'node:tls';
import { isNativeError } from 'node:util/types';
import { isCertificateMissing } from './answerError.ts';
import type { CallDeadline } from './callDeadline.ts';
import { type GatewayAgentOptions, isIdle } from './gatewayAgent.ts';
import { GatewayAgents } from './gatewayAgents.ts';
import { callGateway, type Exchange, type GatewayRequest, NoAnswerError } from './gatewayCall.ts';

/** One HTTP gateway endpoint, with its connections. */
export class Gateway {
  /** Host and port. */
  readonly host: string;
  /** Until when, by `performance.now()`, other gateways are tried first. */
  skippedUntil = 0;
  readonly #origin: string;
  readonly #hasCertificate: boolean;
  readonly #makeAgents: (maxTlsVersion?: SecureVersion) => GatewayAgents;
  #agents: GatewayAgents;
  #tls12: GatewayAgents | undefined;

  constructor(endpoint: URL, options: GatewayAgentOptions) {
    this.host = endpoint.host;
    this.#origin = endpoint.origin;
    this.#hasCertificate = options.clientCertificate !== undefined;
    this.#makeAgents = (maxTlsVersion) =>
      new GatewayAgents(endpoint, maxTlsVersion ? { ...options, maxTlsVersion } : options);
    this.#agents = this.#makeAgents();
  }

  /** Whether TLS 1.2 is used because the client certificate did not arrive over TLS 1.3. */
  get needsTls12(): boolean {
    return this.#agents === this.#tls12;
  }

  /** Sends a request on a kept connection, or on a new one if there is none. Throws as {@link callGateway} does. */
  call(request: GatewayRequest, deadline: CallDeadline): Promise<Exchange> {
    return this.#send('kept', request, deadline);
  }

  /** Like `call`, but always on a new connection. */
  callOnNew(request: GatewayRequest, deadline: CallDeadline): Promise<Exchange> {
    return this.#send('fresh', request, deadline);
  }

  /**
   * Whether an answer means that the client certificate did not arrive over TLS 1.3.
   *
   * The Windows gateway asks for the certificate after it has read the request. Over TLS 1.2 that is a renegotiation. Over TLS 1.3 it
   * needs post-handshake authentication, which Node does not have (nodejs/node#36926).
   *
   * @see ktl khttpserver.cpp of microsoft/service-fabric, HttpReceiveClientCertificate
   */
  missesCertificate({ answer, tlsVersion }: Exchange): boolean {
    return this.#hasCertificate && tlsVersion === 'TLSv1.3' && isCertificateMissing(answer);
  }

  /**
   * Sends a request again over TLS 1.2, and uses TLS 1.2 from then on if the certificate arrived.
   *
   * @param refused - the exchange over TLS 1.3
   * @returns the new exchange, or `refused` if TLS 1.2 did not help
   */
  async callOverTls12(
    which: 'kept' | 'fresh',
    refused: Exchange,
    request: GatewayRequest,
    deadline: CallDeadline,
  ): Promise<Exchange> {
    if (deadline.ended) return refused;
    const tls12 = this.#tls12 ?? this.#makeAgents('TLSv1.2');
    this.#tls12 = tls12;
    try {
      const again = await callGateway(this.#origin, tls12[which], request, deadline);
      if (isCertificateMissing(again.answer)) return refused;
      this.#tls12 = tls12;
      this.#adopt(tls12);
      return again;
    } catch (error) {
      if (error instanceof NoAnswerError && !deadline.ended) return refused;
      throw error;
    }
  }

  /**
   * Sends a request on the connection of the call before it, or on a new one: never on one that was idle for long, because the gateway
   * may have closed that. The request is sent only once, also if it fails.
   *
   * @param socket - the connection of the call before it
   */
  callAfter(socket: Socket | undefined, request: GatewayRequest, deadline: CallDeadline): Promise<Exchange> {
    // An agent uses the connection that became idle last: this one, or one that became idle after it.
    const isReady = socket !== undefined && isIdle(this.#agents.kept, socket);
    const agent = isReady ? this.#agents.kept : this.#agents.fresh;
    return callGateway(this.#origin, agent, { ...request, sendOnce: true }, deadline);
  }

  /** Closes idle connections now, and connections in use after their answer. */
  close(): void {
    this.#agents.close();
    this.#tls12?.close();
  }

  async #send(which: 'kept' | 'fresh', request: GatewayRequest, deadline: CallDeadline): Promise<Exchange> {
    const agents = this.#agents;
    try {
      return await callGateway(this.#origin, agents[which], request, deadline);
    } catch (error) {
      // A gateway that was upgraded may no longer speak TLS 1.2: the next call offers all versions again.
      if (agents === this.#tls12 && refusesTlsVersion(error)) {
        this.#tls12 = undefined;
        this.#adopt(this.#makeAgents());
      }
      throw error;
    }
  }

  #adopt(agents: GatewayAgents): void {
    if (this.#agents === agents) return;
    this.#agents.close();
    this.#agents = agents;
  }
}

function refusesTlsVersion(error: unknown): boolean {
  if (!(error instanceof NoAnswerError) || !isNativeError(error.cause)) return false;
  return 'code' in error.cause && error.cause.code === 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION';
}
