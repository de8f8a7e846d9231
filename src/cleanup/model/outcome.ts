import type { FabricRequestError } from './fabricRequestError.ts';
import type { OutcomeKind } from './outcomeKind.ts';

/** How the cleanup of one upload session ended. */
export type Outcome =
  /** Deleted. What it held is known where the guard looked. */
  | ({ kind: 'deleted' } & HeldFacts)
  /** What a dry run reports in place of `deleted`: stale, and left alone. */
  | ({ kind: 'wouldDelete'; lastChunkAt?: Date } & HeldFacts)
  /** Expired or deleted before, or never known to this cluster: there was nothing to delete. */
  | { kind: 'notFound' }
  /** Still receiving chunks, or with all its chunks and perhaps being committed: left alone. */
  | { kind: 'active'; lastActivity: Date; because: 'receivingChunks' | 'maybeCommitting' }
  /** Not deleted, or not known to be; still stale at a later sweep. */
  | { kind: 'failed'; error: FabricRequestError | ClockSkewError }
  /** The row key is not a session id: there is nothing to ask the cluster for. */
  | { kind: 'invalid'; reason: string };

/** What a session held on the cluster's disks, as far as its description says. */
export interface HeldFacts {
  bytes?: number | undefined;
  fileSizeBytes?: number | undefined;
  /** Whether all chunks were there: usually the second copy of a committed file. */
  complete?: boolean;
}

/** One session's cleanup. */
export interface Cleanup {
  outcome: Outcome;
  /** The `X-ServiceFabricRequestId` of the call that decided it; `undefined` if no call was made. */
  requestId?: string | undefined;
  /** The status of that call's answer; `undefined` if there was none. */
  httpStatus?: number | undefined;
  /** How many tries it took. */
  tries: number;
  /** Whether a DELETE was sent whose answer is not known, in this cleanup or an earlier one. */
  deleteSent?: boolean;
  durationMs: number;
}

/** What would become of a session's row. */
export type RowPlan = 'removed' | 'updated' | 'triedAgainLater' | 'givenUp' | 'left';

/** What a sweep would do with one session, and why. */
export interface Planned {
  /** The row key in lower case: a session id, or the text in its place. */
  sessionId: string;
  /** How its cleanup would end. A session that would be deleted is `wouldDelete`. */
  outcome: OutcomeKind;
  /** For a person. */
  why: string;
  row: RowPlan;
  /** As far as the row tells; of an active session, its last chunk. */
  lastActivity: Date | undefined;
  /** What would be freed on the cluster's disks. */
  bytes: number | undefined;
  storeRelativePath: string | undefined;
  owner: string | undefined;
  errorCode: string | undefined;
  /** Of the call that asked the cluster. */
  requestId: string | undefined;
}

/** A clock is further from ours than allowed, so nothing can be called stale. It has the facts of a failed call. */
export class ClockSkewError extends Error {
  override readonly name = 'ClockSkewError';
  readonly kind = 'clockSkew';
  readonly retryable = false;
  readonly code = undefined;
  readonly httpStatus = undefined;
  readonly retryAfterMs = undefined;
  /** How far the other clock is ahead of ours, in milliseconds; negative: behind. */
  readonly skewMs: number;

  constructor(whose: 'cluster' | 'image store' | 'storage service', skewMs: number, allowedMs: number) {
    const apart = `${Math.abs(Math.round(skewMs / 1000))} s ${skewMs > 0 ? 'ahead of' : 'behind'} ours`;
    super(
      `The clock of the ${whose} is ${apart}; more than ${Math.round(allowedMs / 1000)} s (MAX_CLOCK_SKEW) leaves no safe ` +
        'way to tell a stale upload session from a live one. Correct the clocks.',
    );
    this.skewMs = skewMs;
  }
}
