import type { HostFunction } from './hostFunction.ts';
import type { InvocationResponse, TypedData } from './protocol.ts';

/** A call of a function: its reason and its input. */
export interface Call {
  /** The reason in the log, such as `Timer fired at …`. */
  reason: string;
  /** Details of the reason, for a second log line. */
  details?: Record<string, string>;
  /** The trigger's value. A rejection fails the run. */
  input: () => Promise<TypedData>;
  /** W3C `traceparent` of the caller. */
  traceParent?: string;
  /** W3C `tracestate` of the caller; used only with a `traceParent`. */
  traceState?: string;
}

export type CallResult = { succeeded: true; response: InvocationResponse } | { succeeded: false; message: string };

export const HOST_API_REASON = 'This function was programmatically called via the host APIs.';

/** Writes the values of a successful run to the function's outputs. */
export type OutputWriter = (fn: HostFunction, response: InvocationResponse) => Promise<void>;
