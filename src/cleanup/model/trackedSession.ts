/** One row of the table `UploadSessions`, as the sweep needs it. */
export interface TrackedSession {
  partition: string;
  /** The row key as it stands in the table: a session id in any case, or something that is none. */
  rowKey: string;
  etag: string;
  /** When the row was last written, by the storage service's clock. */
  timestamp: Date;
  /** The last chunk or heartbeat, as its uploader wrote it. None: the column is missing or unreadable. */
  lastActivity?: Date;
  /** What the column `lastActivity` holds when it is no date. */
  unreadableLastActivity?: string;
  storeRelativePath?: string;
  owner?: string;
  /** How many cleanups have failed so far. */
  attempts: number;
  /** No cleanup before this instant. */
  nextAttemptAt?: Date;
  lastError?: string;
  /** When the first of the failures happened that followed each other without any other outcome. */
  failedSince?: Date;
  /** When a DELETE was sent whose answer is not known: if the session is gone, it was ours. */
  deleteSentAt?: Date;
  /** Failed too often, or cannot be cleaned up at all: needs manual action. */
  givenUp: boolean;
}

/** What is written into a session's row. A field left out stays as it is. */
export interface SessionChange {
  storeRelativePath?: string;
  owner?: string;
  lastActivity?: Date;
  attempts?: number;
  nextAttemptAt?: Date;
  lastError?: string;
  failedSince?: Date;
  deleteSentAt?: Date;
  givenUp?: boolean;
}

/** How settling a row ended: done, or left because its owner wrote it meanwhile, or because it is gone. */
export type Settled = 'settled' | 'changedMeanwhile' | 'gone';

/** Some rows, and the storage service's clock when it sent them. */
export interface SessionPage {
  sessions: TrackedSession[];
  /** The answer's `Date` header. None: the answer had none. */
  storageDate: Date | undefined;
}
