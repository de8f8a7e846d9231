import type { OutcomeKind } from './outcomeKind.ts';
import type { Trigger } from './trigger.ts';

/** How one session's cleanup ended, as it is recorded. */
export interface OutcomeRecord {
  /** The partition of the session's own row. */
  partition: string;
  /** The row key of the session's row, as its owner wrote it. */
  rowKey: string;
  /** The row key in lower case: a session id, or the text in its place. */
  sessionId: string;
  outcome: OutcomeKind;
  trigger: Trigger;
  runId: string;
  /** When the run began: the key's time, so that a run that writes twice overwrites itself. */
  runStartedAt: Date;
  httpStatus?: number | undefined;
  errorCode?: string | undefined;
  errorMessage?: string | undefined;
  /** Which cleanup of this session it was: 1, and one more after each that failed. */
  attempt: number;
  /** How often the cluster was asked within it. */
  tries: number;
  durationMs: number;
  lastActivity?: Date | undefined;
  /** Bytes that the session held on the cluster's disks. */
  bytes?: number | undefined;
  /** The size of the whole upload, in bytes. */
  fileSizeBytes?: number | undefined;
  /** Whether all chunks were there: usually the staged copy of a committed file. */
  complete?: boolean | undefined;
  storeRelativePath?: string | undefined;
  owner?: string | undefined;
  requestId?: string | undefined;
}

/** An outcome as it is read back. */
export type RecordedOutcome = Omit<OutcomeRecord, 'partition' | 'rowKey'>;
