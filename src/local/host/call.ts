import type { HostFunction } from './hostFunction.ts';
import type { InvocationResponse, TypedData } from './protocol.ts';

/** Why and with what a function is to run. */
export interface Call {
  /** What the log gives as the reason, such as `Timer fired at …`. */
  reason: string;
  /** More about the reason, for a second line. */
  details?: Record<string, string>;
  /** The trigger's value. A rejection fails the run. */
  input: () => Promise<TypedData>;
  triggerMetadata?: Record<string, TypedData>;
  /** W3C `traceparent` of the caller. */
  traceParent?: string;
  /** W3C `tracestate` of the caller; counts only with a `traceParent`. */
  traceState?: string;
}

export type CallResult = { succeeded: true; response: InvocationResponse } | { succeeded: false; message: string };

export const HOST_API_REASON = 'This function was programmatically called via the host APIs.';

/** Handles the values that a successful run left in the function's outputs. */
export type OutputWriter = (fn: HostFunction, response: InvocationResponse) => Promise<void>;
