import type { SessionId } from '../cleanup/model/sessionId.ts';

/** A call to the cluster that begins. A probe's deletes a session that does not exist. */
export interface BegunCall {
  operation: 'DeleteUploadSession' | 'GetUploadSession' | 'Info';
  method: 'GET' | 'DELETE';
  /** `undefined` for a call that is not about one session. */
  sessionId: SessionId | undefined;
  /** Its `X-ServiceFabricRequestId`. */
  requestId: string;
}

/** How a call to the cluster ended. */
export interface EndedCall {
  /** `undefined` if no answer came. */
  httpStatus?: number | undefined;
  /** Host and port of the gateway that answered, or that was tried last; `undefined` if the call ended before one was tried. */
  host?: string | undefined;
  /** What the call threw; usually a `FabricRequestError`. */
  error?: unknown;
}

/**
 * Sees each call to the cluster, with all that is sent for it: another gateway tried, another token.
 *
 * It stands on the hot path, and must not throw.
 *
 * @returns takes the call's end
 */
export type ObserveCall = (call: BegunCall) => (end: EndedCall) => void;
