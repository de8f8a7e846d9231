import type { FabricRequestError } from './fabricRequestError.ts';
import type { StopReason } from './stopReason.ts';

/**
 * How the cluster answered the request to delete an upload session under a new random GUID. The only right answer is 404 with the
 * FabricErrorCode `NotFound` and a `Date` header.
 *
 * That one call shows that a Service Fabric gateway with upload sessions answers, that the credentials are allowed to delete, and
 * what time it is on the cluster. The caller compares that with the app's clock.
 */
export type Probe = GoodProbe | BadProbe;

export interface GoodProbe {
  verdict: 'good';
  /** The cluster's clock, to the second: the answer's `Date` header. */
  clusterDate: Date;
  /** Its `X-ServiceFabricRequestId`. */
  requestId: string;
  /** Host and port of the gateway that answered. */
  host: string;
  /** The connection's TLS version, such as `TLSv1.3`; left out over http. */
  tlsVersion?: string;
  /** Whether TLS 1.2 is used because the client certificate did not arrive over TLS 1.3. */
  needsTls12?: true;
}

export interface BadProbe {
  verdict: Extract<StopReason, 'accessDenied' | 'unsupportedCluster' | 'clusterUnavailable'>;
  /** The error of the last try. */
  error: FabricRequestError;
}

/** Options of a probe. */
export interface ProbeCall {
  /** Ends it early, with an error of kind `aborted`. */
  signal?: AbortSignal;
  /** The longest wait between two tries, in milliseconds, whatever a gateway's `Retry-After` says. Default 30,000. */
  longestWaitMs?: number;
}
