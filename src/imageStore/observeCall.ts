import type { SessionId } from '../cleanup/model/sessionId.ts';

/** The beginning of a call to the cluster. A probe's call deletes a session that does not exist. */
export interface BegunCall {
  operation: 'DeleteUploadSession' | 'GetUploadSession' | 'Info';
  method: 'GET' | 'DELETE';
  /** `undefined` for a call that is not about one session. */
  sessionId: SessionId | undefined;
  /** Its `X-ServiceFabricRequestId`. */
  requestId: string;
}

/** The end of a call to the cluster. */
export interface EndedCall {
  /** `undefined` if no answer came. */
  httpStatus?: number | undefined;
  /** Host and port of the gateway that answered, or that was tried last; `undefined` if the call ended before one was tried. */
  host?: string | undefined;
  /** The error that the call threw; usually a `FabricRequestError`. */
  error?: unknown;
}

/**
 * Observes each call to the cluster. A call includes its retries at other gateways or with another token.
 *
 * It is called for every request to the cluster, and must not throw.
 *
 * @returns is called at the end of the call
 */
export type ObserveCall = (call: BegunCall) => (end: EndedCall) => void;
