import type { OutcomeCounts } from './outcomeKind.ts';
import type { StopReason } from './stopReason.ts';
import type { StoreUsage } from './storeUsage.ts';
import type { SweepPosition } from './sweepPosition.ts';
import type { Trigger } from './trigger.ts';

/** The record of one run: a whole sweep, or the part of a fanned-out sweep that covers one partition. */
export interface RunRecord {
  runId: string;
  /** Shared by all runs of one sweep: the id of the run that began it. */
  sweepId: string;
  /** The partition that it swept, if the sweep was fanned out. */
  partition?: string | undefined;
  /** The number of partitions that it fanned out to. Such a run sweeps no partition itself. */
  parts?: number | undefined;
  trigger: Trigger;
  startedAt: Date;
  durationMs: number;
  /** Rows read from the table of sessions. */
  scanned: number;
  /** Sessions that it read and that were due. */
  stale: number;
  /** Last activity of the oldest stale session that it read, due or waiting. */
  oldestStaleAt?: Date | undefined;
  outcomes: OutcomeCounts;
  /** Bytes that the deleted sessions held, as far as known. */
  bytesFreed: number;
  /** Whether it was a dry run: nothing was changed on the cluster or in the sessions' rows. */
  dryRun: boolean;
  /** Bytes that a sweep would free, by a dry run, as far as known. */
  bytesToFree?: number | undefined;
  stoppedBy: StopReason;
  /** Whether the next run over the same partitions continues where it stopped. */
  resumable?: boolean | undefined;
  /** Where it stopped taking sessions; the next run over the same partitions continues after it. */
  resumeAfter?: SweepPosition | undefined;
  /** How many rows the storage service refused to write. */
  rowsRefused?: number | undefined;
  /** The result of its last probe of the cluster. */
  probe?: { at: Date; verdict: 'good' | StopReason } | undefined;
  /** What the image store holds, if this run asked; `unknown` if the cluster did not report it. */
  store?: StoreUsage | 'unknown' | undefined;
  /** Why it ended early. */
  error?: string | undefined;
}
