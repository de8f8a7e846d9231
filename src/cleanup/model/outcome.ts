import type { ClockSkewError } from './clockSkewError.ts';
import type { FabricRequestError } from './fabricRequestError.ts';
import type { OutcomeKind } from './outcomeKind.ts';

/** How the cleanup of one upload session ended. */
export type Outcome =
  /** Deleted. Its size is known if the guard looked it up. */
  | ({ kind: 'deleted' } & StagedFacts)
  /** What a dry run reports in place of `deleted`: stale, but not deleted. */
  | ({ kind: 'wouldDelete'; lastChunkAt?: Date } & StagedFacts)
  /** Expired or deleted before, or never known to this cluster. */
  | { kind: 'notFound' }
  /** Still receiving chunks, or complete and perhaps being committed: not deleted. */
  | { kind: 'active'; lastActivity: Date; because: 'receivingChunks' | 'maybeCommitting' }
  /** Not deleted, or not known to be deleted; a later sweep retries it. */
  | { kind: 'failed'; error: FabricRequestError | ClockSkewError }
  /** The row key is not a session id, so the cluster cannot be asked for it. */
  | { kind: 'invalid'; reason: string };

/** What a session had staged on the cluster's disks, as far as the cluster described it. */
export interface StagedFacts {
  bytes?: number | undefined;
  fileSizeBytes?: number | undefined;
  /** Whether it had all its chunks: usually the staged copy of a committed file. */
  complete?: boolean;
}

/** The cleanup of one session. */
export interface Cleanup {
  outcome: Outcome;
  /** The `X-ServiceFabricRequestId` of the call that decided it; `undefined` if no call was made. */
  requestId?: string | undefined;
  /** The HTTP status of that call; `undefined` if no answer came. */
  httpStatus?: number | undefined;
  /** How many tries it took, the first included. */
  tries: number;
  /** Whether a DELETE was sent whose answer is not known, in this cleanup or an earlier one. */
  deleteSent?: boolean;
  durationMs: number;
}

/** What would happen to a session's row. */
export type RowPlan = 'removed' | 'updated' | 'triedAgainLater' | 'givenUp' | 'left';

/** What a sweep would do with one session, and why; from a dry run. */
export interface Planned {
  /** The row key in lower case: a session id, or the text in its place. */
  sessionId: string;
  /** How its cleanup would end. A session that would be deleted is `wouldDelete`. */
  outcome: OutcomeKind;
  /** The reason, for people. */
  why: string;
  row: RowPlan;
  /** From the row; for an active session, its last chunk. */
  lastActivity: Date | undefined;
  /** Bytes that would be freed on the cluster's disks. */
  bytes: number | undefined;
  storeRelativePath: string | undefined;
  owner: string | undefined;
  errorCode: string | undefined;
  /** The `X-ServiceFabricRequestId` of the call that asked the cluster. */
  requestId: string | undefined;
}
