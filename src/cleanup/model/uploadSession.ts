import type { Probe, ProbeCall } from './probe.ts';
import type { SessionId } from './sessionId.ts';
import type { StoreUsage } from './storeUsage.ts';

/** An upload session as the cluster describes it. A field that the answer held in no readable form is left out. */
export interface UploadSession {
  sessionId: SessionId;
  storeRelativePath?: string;
  fileSizeBytes?: number;
  /** The last accepted chunk, by the cluster's clock: the only trustworthy sign that an upload is still alive. */
  modifiedAt?: Date;
  /** The byte ranges that the cluster still waits for (both ends included). Empty: all chunks are there. */
  missingRanges?: { start: number; end: number }[];
}

/** What a call is found by in the cluster's own traces. */
export interface Acknowledged {
  /** The call's `X-ServiceFabricRequestId`. */
  requestId: string;
  /** The status of the cluster's answer. */
  httpStatus: number;
}

/** What the cluster was asked for. */
export interface Answered<T> extends Acknowledged {
  value: T;
  /** The answer's `Date` header: the cluster's clock, to the second. `undefined` if there was none that can be read. */
  clusterDate: Date | undefined;
}

/** How a guarded DELETE ended, when neither of its two calls failed. */
export interface GuardedDeletion {
  /** The look-up before the DELETE. */
  look: Answered<UploadSession | undefined>;
  /** The DELETE; `undefined` if the look-up's answer forbade it. */
  deleted?: Acknowledged;
}

/** What a caller may say about one call. */
export interface CallOptions {
  /** The *server's* timeout in seconds (1 to 4294967295); the client waits a grace longer. */
  timeoutSeconds?: number;
  /** Ends the call early, with an error of kind `aborted`. */
  signal?: AbortSignal;
}

/** The image store's upload-session operations that this app uses. */
export interface ImageStoreClient {
  /**
   * Deletes one upload session with its staged chunks, whatever its state. The DELETE may be sent again, to another gateway too.
   *
   * @throws {FabricRequestError} for every answer but 200; kind `notFound` when the cluster knows no such session
   * @see Service Fabric REST API 6.0, "Delete Image Store Upload Session"
   */
  deleteUploadSession(sessionId: SessionId, call?: CallOptions): Promise<Acknowledged>;
  /**
   * Asks for one upload session.
   *
   * @returns the session, or `undefined` as value when the cluster knows none (204, or 404 with the FabricErrorCode `NotFound`)
   * @throws {FabricRequestError} for every other answer but 200, for a 200 that can't be read, and for a cache's answer
   * @see Service Fabric REST API 6.0, "Get Image Store Upload Session By Id"
   */
  getUploadSession(sessionId: SessionId, call?: CallOptions): Promise<Answered<UploadSession | undefined>>;
  /**
   * Deletes one upload session if a look-up just before allows it.
   *
   * The DELETE leaves within two seconds of the look-up's answer or not at all: to the same gateway, with the same credentials,
   * and once. Its server's timeout is 5 s at most, so that the gateway does not repeat it later.
   *
   * @param mayDelete - decides by the look-up's answer; called once, also when the cluster knows no such session
   * @throws {FabricRequestError} when one of the two calls fails; `deleteSent` says whether the DELETE may have been done. Kind
   *   `tooLate` when the two seconds were over, kind `notFound` when the session went between the two
   */
  deleteUploadSessionIf(
    sessionId: SessionId,
    mayDelete: (look: Answered<UploadSession | undefined>) => boolean,
    call?: CallOptions,
  ): Promise<GuardedDeletion>;
  /**
   * Asks what the image store holds, and how full its disk is.
   *
   * @throws {FabricRequestError} also on clusters that do not have this call: 400 or 404
   * @see Service Fabric REST API 6.5, "Get Image Store Info"
   */
  getStoreUsage(call?: CallOptions): Promise<StoreUsage>;
  /**
   * Asks the cluster a question whose only right answer is known.
   *
   * It does not wait for other calls. Aborted, its error is of kind `aborted`.
   *
   * @see {@link Probe}
   */
  probe(call?: ProbeCall): Promise<Probe>;
  /** Ends the idle connections. */
  close(): void;
}
