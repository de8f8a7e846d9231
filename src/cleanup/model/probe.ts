import type { FabricRequestError } from './fabricRequestError.ts';
import type { StopReason } from './stopReason.ts';

/**
 * What the cluster answered to a question whose only right answer is known: deleting an upload session under a new random
 * GUID must be answered 404 with the FabricErrorCode `NotFound` and a `Date` header.
 *
 * That shows in one call that a Service Fabric gateway with upload sessions answers, that the credentials may delete, and what
 * the cluster's clock says. Whether the clock agrees with ours is for the caller to decide.
 */
export type Probe = GoodProbe | BadProbe;

export interface GoodProbe {
  verdict: 'good';
  /** The answer's `Date` header: the cluster's clock, to the second. */
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
  /** What the last try met. */
  error: FabricRequestError;
}

/** How a probe is made. */
export interface ProbeCall {
  /** Ends it early, with an error of kind `aborted`. */
  signal?: AbortSignal;
  /** The longest wait between two tries, in milliseconds, whatever a gateway's `Retry-After` says. Default 30,000. */
  longestWaitMs?: number;
}
