import type { FabricRequestError } from './fabricRequestError.ts';
import type { OutcomeCounts, OutcomeKind } from './outcomeKind.ts';
import type { StopReason } from './stopReason.ts';

/** What asked for a cleanup. */
export type Trigger = 'timer' | 'http' | 'queue' | 'cli';

/** How the cleanup of one upload session ended. */
export type Outcome =
  /** Deleted, with the bytes that it held on the cluster's disks when that is known. */
  | { kind: 'deleted'; bytes?: number }
  /** What a dry run says in place of `deleted`: stale, and left alone. None of the two: the cluster was not asked for it. */
  | { kind: 'wouldDelete'; bytes?: number; lastChunkAt?: Date }
  /** Committed, expired or deleted before: nothing was left to do. */
  | { kind: 'notFound' }
  /** Still receiving chunks, or with all its chunks and perhaps being committed: left alone. */
  | { kind: 'active'; lastActivity: Date; because: 'receivingChunks' | 'maybeCommitting' }
  /** Not deleted, or not known to be; still stale at a later sweep. */
  | { kind: 'failed'; error: FabricRequestError | ClockSkewError }
  /** The table's row key is no session id: nothing to ask the cluster for. */
  | { kind: 'invalid'; reason: string };

/** One session's cleanup. */
export interface Cleanup {
  outcome: Outcome;
  /** The `X-ServiceFabricRequestId` of the call that decided it. None: no call was made. */
  requestId?: string | undefined;
  /** How often it was tried. */
  tries: number;
  durationMs: number;
}

/** One sweep, or the part of one that swept one partition. */
export interface RunSummary {
  runId: string;
  /** Shared by all runs of one sweep: the id of the run that began it. */
  sweepId: string;
  /** The only partition that it swept, where a sweep was fanned out. */
  partition?: string;
  /** How many partitions it fanned out to, sweeping none itself. */
  parts?: number;
  trigger: Trigger;
  startedAt: Date;
  durationMs: number;
  /** Rows read from the table of sessions. */
  scanned: number;
  /** Sessions that it met whose turn had come. */
  stale: number;
  /** Last activity of the oldest stale session that it met: one whose turn had come, or that waits for its next try. */
  oldestStaleAt?: Date;
  outcomes: OutcomeCounts;
  /** Bytes that the deleted sessions held, as far as it was asked for. */
  bytesFreed: number;
  /** Whether it only looked: nothing was changed on the cluster or in the sessions' rows. */
  dryRun: boolean;
  /** What a dry run found to be freed, in bytes, as far as it was asked for. */
  bytesToFree?: number;
  stoppedBy: StopReason;
  /** What a person needs to know of an early end. */
  error?: string;
}

/** What would become of a session's row. */
export type RowPlan = 'removed' | 'updated' | 'triedAgainLater' | 'givenUp' | 'left';

/** What a sweep would do with one session, and why. */
export interface Planned {
  /** The row key of its row, in lower case. */
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

/** A clock is further from ours than allowed, so nothing can be called stale. */
export class ClockSkewError extends Error {
  override readonly name = 'ClockSkewError';
  /** How far the other clock is ahead of ours, in milliseconds; negative: behind. */
  readonly skewMs: number;

  constructor(whose: 'cluster' | 'storage service', skewMs: number, allowedMs: number) {
    const apart = `${Math.abs(Math.round(skewMs / 1000))} s ${skewMs > 0 ? 'ahead of' : 'behind'} ours`;
    super(
      `The clock of the ${whose} is ${apart}; more than ${Math.round(allowedMs / 1000)} s (MAX_CLOCK_SKEW) leaves no safe ` +
        'way to tell a stale upload session from a live one. Set the clocks right.',
    );
    this.skewMs = skewMs;
  }
}
