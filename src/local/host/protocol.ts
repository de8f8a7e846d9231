/**
 * The messages between the host and its worker process over Node's IPC channel (with structured clone, so bytes stay bytes).
 *
 * The names are those of the Functions gRPC protocol, because `@azure/functions` itself reads and writes these types.
 */

export type LogLevel = 'trace' | 'debug' | 'information' | 'warning' | 'error' | 'critical';

/** An input or output value of a function. Exactly one member is set. */
export interface TypedData {
  string?: string;
  json?: string;
  bytes?: Uint8Array;
  http?: HttpRequestData | HttpResponseData;
}

/** A text that may be empty. The protocol wraps it to distinguish empty from absent. */
export interface NullableText {
  value: string;
}

export interface HttpRequestData {
  url: string;
  method: string;
  nullableHeaders: Record<string, NullableText>;
  nullableQuery: Record<string, NullableText>;
  nullableParams: Record<string, NullableText>;
  body?: TypedData;
}

export interface HttpResponseData {
  /** 200 to 599; the package rejects others. */
  statusCode: string;
  headers: Record<string, string>;
  /** This host sends none. */
  cookies: unknown[];
  body?: TypedData | null;
}

export interface Binding {
  name: string;
  type: string;
  direction: 'in' | 'out' | 'inout';
  [option: string]: unknown;
}

/** A function as the worker reports it. */
export interface FunctionMetadata {
  functionId: string;
  name: string;
  bindings: Binding[];
  /** Whether it has retry options, which this host does not support. */
  hasRetryOptions: boolean;
}

export interface RpcException {
  message: string;
  stackTrace: string;
}

export interface InvocationRequest {
  invocationId: string;
  functionId: string;
  inputData: { name: string; data: TypedData }[];
  /** Empty: no function of this app reads it. */
  triggerMetadata: Record<string, never>;
  traceContext: { traceParent: string; traceState: string; attributes: Record<string, string> };
}

export interface InvocationResponse {
  invocationId: string;
  outputData?: { name: string; data: TypedData }[];
  returnValue?: TypedData | null;
}

export type HostMessage =
  | { type: 'start'; appDirectory: string; entryFile: string }
  | { type: 'invoke'; request: InvocationRequest }
  | { type: 'terminate' };

export type WorkerMessage =
  | { type: 'started'; functions: FunctionMetadata[] }
  /** `app`: the entry point threw after it had registered a function. `worker`: an `appStart` hook threw. */
  | { type: 'startFailed'; at: 'app' | 'worker'; exception: RpcException }
  | { type: 'log'; level: LogLevel; category: 'user' | 'system'; message: string; invocationId?: string }
  | { type: 'response'; response: InvocationResponse }
  | { type: 'failure'; invocationId: string; exception: RpcException };
