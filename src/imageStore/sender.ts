import type { CallDeadline, CallEndedError } from './callDeadline.ts';
import type { Gateway } from './gateway.ts';
import type { GatewayAnswer } from './gatewayAnswer.ts';
import type { GatewayRequest } from './gatewayCall.ts';

/** What a gateway answered, and which one did. */
export interface SentAnswer {
  answer: GatewayAnswer;
  /** Host and port. */
  host: string;
  /** The connection's TLS version; `undefined` over http. */
  tlsVersion: string | undefined;
  /** Whether another gateway got the request before and did not answer: it may have carried it out. */
  mayBeRepeated?: boolean;
  /** If it was asked for. The caller must release it. */
  reservation?: Reservation;
}

/** The gateway that gave an answer, with the connection slot of the call, reserved for one more request. */
export interface Reservation {
  /** When the headers of the answer arrived, by `performance.now()`. */
  answeredMs: number;
  /**
   * Sends one more request to the same gateway, with the same credentials. It is sent only once: another gateway, another token or a
   * second attempt would take more time after the answer.
   *
   * @throws {FabricRequestError} of kind `unreachable`, or what `beforeSending` throws; {@link CallEndedError}
   */
  send(request: GatewayRequest, deadline: CallDeadline, requestId: string): Promise<SentAnswer>;
  /** Gives the connection slot back. */
  release(): void;
}

/** Sends requests to a cluster. */
export interface Sender {
  /**
   * Sends one request, to one gateway or another.
   *
   * @param reserve - whether the answer comes with a {@link Reservation}
   */
  send(request: GatewayRequest, deadline: CallDeadline, requestId: string, reserve?: boolean): Promise<SentAnswer>;
  /** Sends one request to one gateway on a new connection, in one of the connection slots for probes. */
  sendOnNew(gateway: Gateway, request: GatewayRequest, deadline: CallDeadline, requestId: string): Promise<SentAnswer>;
  /** All gateways, in the order in which they should be asked. */
  inPreferredOrder(): Gateway[];
  /** Makes a gateway the first that is asked. */
  prefer(gateway: Gateway): void;
  /** Closes idle connections now, and connections in use after their answer. */
  close(): void;
}
