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
  /** If it was asked for: to be released by who asked. */
  line?: Line;
}

/** The way to the gateway that gave an answer, with the connection slot of the call. */
export interface Line {
  /** When the headers of the answer arrived, by `performance.now()`. */
  answeredMs: number;
  /**
   * Sends one more request, with the same credentials and to the same gateway, once: another gateway, another token or another
   * connection would be a later moment than the answer's.
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
   * @param keepLine - whether the answer comes with its {@link Line}
   */
  send(request: GatewayRequest, deadline: CallDeadline, requestId: string, keepLine?: boolean): Promise<SentAnswer>;
  /** Sends one request to one gateway on a new connection, in one of the connection slots for probes. */
  sendOnNew(gateway: Gateway, request: GatewayRequest, deadline: CallDeadline, requestId: string): Promise<SentAnswer>;
  /** All gateways, in the order in which they are to be asked. */
  inTurn(): Gateway[];
  /** Makes a gateway the one that is asked first. */
  prefer(gateway: Gateway): void;
  /** Ends the connections that are not in use, and lets no more become idle. */
  close(): void;
}
