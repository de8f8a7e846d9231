import type { OutcomeKind } from './outcomeKind.ts';
import type { Trigger } from './trigger.ts';

/** How one session's cleanup ended, as recorded. */
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
  /** When the run began. The key has this time, so a run that writes an outcome twice overwrites its own. */
  runStartedAt: Date;
  httpStatus?: number | undefined;
  errorCode?: string | undefined;
  errorMessage?: string | undefined;
  /** The number of this cleanup: 1, plus the cleanups of this session that failed before. */
  attempt: number;
  /** How many tries this cleanup took. */
  tries: number;
  durationMs: number;
  lastActivity?: Date | undefined;
  /** What the session held on the cluster's disks, in bytes. */
  bytes?: number | undefined;
  /** The size of the whole upload, in bytes. */
  fileSizeBytes?: number | undefined;
  /** Whether it had all its chunks: usually the staged copy of a committed file. */
  complete?: boolean | undefined;
  storeRelativePath?: string | undefined;
  owner?: string | undefined;
  requestId?: string | undefined;
}

/** An outcome as read from its table. */
export type RecordedOutcome = Omit<OutcomeRecord, 'partition' | 'rowKey'>;
