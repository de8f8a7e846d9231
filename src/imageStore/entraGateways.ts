import { FabricRequestError } from '../cleanup/model/fabricRequestError.ts';
import type { CallDeadline } from './callDeadline.ts';
import { type EntraOptions, EntraTokenError, EntraTokens } from './entraTokens.ts';
import type { Gateway } from './gateway.ts';
import type { GatewayRequest } from './gatewayCall.ts';
import type { Gateways } from './gateways.ts';
import type { Sender, SentAnswer } from './sender.ts';

/** How to get tokens that the cluster accepts. */
export interface EntraAccess extends EntraOptions {
  /**
   * The cluster's application, with `/.default` at the end. It is never read from the cluster itself: a server in the cluster's place
   * could then ask for a token for any service.
   */
  scope: string;
}

/** The gateways of a cluster that requires a token with each request. */
export class EntraGateways implements Sender {
  readonly #gateways: Gateways;
  readonly #tokens: EntraTokens;

  constructor(gateways: Gateways, access: EntraAccess) {
    this.#gateways = gateways;
    this.#tokens = new EntraTokens(access.scope, access);
  }

  /** Like `Gateways.send`; sends the request again with a new token if the first was refused. It holds no connection slot while it waits for a token. */
  send(request: GatewayRequest, deadline: CallDeadline, requestId: string, reserve = false): Promise<SentAnswer> {
    return this.#withToken(request, deadline, async (authorized, token) => {
      const { reservation, ...sent } = await this.#gateways.send(authorized, deadline, requestId, reserve);
      if (!reservation) return sent;
      const send: typeof reservation.send = (next, ...rest) => reservation.send(withToken(next, token), ...rest);
      return { ...sent, reservation: { ...reservation, send } };
    });
  }

  sendOnNew(gateway: Gateway, request: GatewayRequest, deadline: CallDeadline, requestId: string): Promise<SentAnswer> {
    return this.#withToken(request, deadline, (authorized) =>
      this.#gateways.sendOnNew(gateway, authorized, deadline, requestId),
    );
  }

  inPreferredOrder(): Gateway[] {
    return this.#gateways.inPreferredOrder();
  }

  prefer(gateway: Gateway): void {
    this.#gateways.prefer(gateway);
  }

  close(): void {
    this.#gateways.close();
  }

  async #withToken(
    request: GatewayRequest,
    deadline: CallDeadline,
    send: (authorized: GatewayRequest, token: string) => Promise<SentAnswer>,
  ): Promise<SentAnswer> {
    const token = await deadline.race(this.#tokens.get()).catch(toFabricRequestError);
    const sent = await send(withToken(request, token), token);
    const { status } = sent.answer;
    if (deadline.ended || (status !== 401 && status !== 403)) return sent;
    sent.reservation?.release();
    delete sent.reservation;
    const renewed = await this.#renew(token, deadline);
    return renewed === token ? sent : send(withToken(request, renewed), renewed);
  }

  /** @returns the same token if there is no other: the cluster's refusal is then final */
  async #renew(refused: string, deadline: CallDeadline): Promise<string> {
    try {
      return await deadline.race(this.#tokens.renew(refused));
    } catch (error) {
      if (error instanceof EntraTokenError) return refused;
      throw error;
    }
  }
}

function withToken(request: GatewayRequest, token: string): GatewayRequest {
  return { ...request, headers: { ...request.headers, Authorization: `Bearer ${token}` } };
}

function toFabricRequestError(error: unknown): never {
  if (!(error instanceof EntraTokenError)) throw error;
  throw new FabricRequestError(`The cluster was not asked: ${error.message}.`, {
    kind: 'accessDenied',
  });
}
