import type { OutcomeCounts } from './outcomeKind.ts';
import type { StopReason } from './stopReason.ts';
import type { StoreUsage } from './storeUsage.ts';
import type { SweepPosition } from './sweepPosition.ts';
import type { Trigger } from './trigger.ts';

/** The record of one run: of a whole sweep, or of the part of one that swept one partition. */
export interface RunRecord {
  runId: string;
  /** Shared by all runs of one sweep: the id of the run that began it. */
  sweepId: string;
  /** The only partition that it swept, if a sweep was fanned out. */
  partition?: string | undefined;
  /** How many partitions it fanned out to, sweeping none itself. */
  parts?: number | undefined;
  trigger: Trigger;
  startedAt: Date;
  durationMs: number;
  /** Rows read from the table of sessions. */
  scanned: number;
  /** Sessions that it met and that were due. */
  stale: number;
  /** Last activity of the oldest stale session that it met, be it due or waiting. */
  oldestStaleAt?: Date | undefined;
  outcomes: OutcomeCounts;
  /** Bytes that the deleted sessions held, as far as it is known. */
  bytesFreed: number;
  /** Whether it only looked: nothing was changed on the cluster or in the sessions' rows. */
  dryRun: boolean;
  /** Bytes that a dry run found to be freed, as far as it is known. */
  bytesToFree?: number | undefined;
  stoppedBy: StopReason;
  /** Whether the next run over the same partitions continues where it stopped. */
  resumable?: boolean | undefined;
  /** Where it stopped taking sessions; the next run over the same partitions continues behind it. */
  resumeAfter?: SweepPosition | undefined;
  /** How many rows the storage service refused to write. */
  rowsRefused?: number | undefined;
  /** What the last probe of the cluster showed, and when. */
  probe?: { at: Date; verdict: 'good' | StopReason } | undefined;
  /** What the image store holds, if this run asked for it; `unknown`: the cluster did not say. */
  store?: StoreUsage | 'unknown' | undefined;
  /** Why it ended early. */
  error?: string | undefined;
}
