import type { Probe, ProbeCall } from './probe.ts';
import type { SessionId } from './sessionId.ts';
import type { StoreUsage } from './storeUsage.ts';

/** An upload session as the cluster describes it. Fields that could not be read are left out. */
export interface UploadSession {
  sessionId: SessionId;
  storeRelativePath?: string;
  fileSizeBytes?: number;
  /** The last accepted chunk, by the cluster's clock: the only reliable sign that an upload is active. */
  modifiedAt?: Date;
  /** The byte ranges that the cluster still waits for, both ends included; empty if it has all chunks. */
  missingRanges?: { start: number; end: number }[];
}

/** A call that the cluster answered. */
export interface Acknowledged {
  /** The call's `X-ServiceFabricRequestId`, which finds it in the cluster's own traces. */
  requestId: string;
  /** The status of the answer. */
  httpStatus: number;
}

/** The cluster's answer to a question. */
export interface Answered<T> extends Acknowledged {
  value: T;
  /** The cluster's clock, to the second: the answer's `Date` header. `undefined` if it had none that can be read. */
  clusterDate: Date | undefined;
}

/** How a guarded DELETE ended, if neither of its two calls failed. */
export interface GuardedDeletion {
  /** The look-up before the DELETE. */
  look: Answered<UploadSession | undefined>;
  /** The DELETE; left out if it was not sent because of the look-up's answer. */
  deleted?: Acknowledged;
}

/** Options of one call. */
export interface CallOptions {
  /** The *server's* timeout in seconds (1 to 4294967295); the client waits a little longer. */
  timeoutSeconds?: number;
  /** Ends the call early, with an error of kind `aborted`. */
  signal?: AbortSignal;
}

/** The image store's upload-session operations that this app uses. */
export interface ImageStoreClient {
  /**
   * Deletes one upload session with its staged chunks, in any state. The DELETE may be sent more than once, also to different gateways.
   *
   * @throws {FabricRequestError} for every answer but 200; kind `notFound` if the cluster has no such session
   * @see Service Fabric REST API 6.0, "Delete Image Store Upload Session"
   */
  deleteUploadSession(sessionId: SessionId, call?: CallOptions): Promise<Acknowledged>;
  /**
   * Asks for one upload session.
   *
   * @returns the session, or `undefined` as value if the cluster has no such session (204, or 404 with the FabricErrorCode `NotFound`)
   * @throws {FabricRequestError} for every other answer but 200, for a 200 that cannot be read, and for an answer from a cache
   * @see Service Fabric REST API 6.0, "Get Image Store Upload Session By Id"
   */
  getUploadSession(sessionId: SessionId, call?: CallOptions): Promise<Answered<UploadSession | undefined>>;
  /**
   * Deletes one upload session if a look-up just before allows it.
   *
   * The DELETE is sent within two seconds of the look-up's answer or not at all: once, to the same gateway, with the same
   * credentials. Its server timeout is at most 5 s, so that the gateway does not repeat it later.
   *
   * @param mayDelete - decides by the look-up's answer; called once, also if the cluster has no such session
   * @throws {FabricRequestError} if one of the two calls fails; `deleteSent` says whether the cluster may have carried out the
   *   DELETE. Kind `tooLate` if the two seconds were over, kind `notFound` if the session disappeared between the two calls
   */
  deleteUploadSessionIf(
    sessionId: SessionId,
    mayDelete: (look: Answered<UploadSession | undefined>) => boolean,
    call?: CallOptions,
  ): Promise<GuardedDeletion>;
  /**
   * Asks what the image store holds, and how full its disk is.
   *
   * @throws {FabricRequestError} also on clusters that do not support this call: 400 or 404
   * @see Service Fabric REST API 6.5, "Get Image Store Info"
   */
  getStoreUsage(call?: CallOptions): Promise<StoreUsage>;
  /**
   * Probes the cluster; see {@link Probe}.
   *
   * It does not wait for other calls. If it is aborted, its error is of kind `aborted`.
   */
  probe(call?: ProbeCall): Promise<Probe>;
  /** Closes the idle connections. */
  close(): void;
}
