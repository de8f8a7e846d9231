/** One row of the table `UploadSessions`, with the columns that the sweep uses. */
export interface TrackedSession {
  partition: string;
  /** The row key as it is in the table: a session id in lower or upper case, or an invalid text. */
  rowKey: string;
  etag: string;
  /** When the row was last written, by the storage service's clock. */
  timestamp: Date;
  /** The last chunk or heartbeat, as its uploader wrote it; left out if the column is missing or unreadable. */
  lastActivity?: Date;
  /** The value of the column `lastActivity` if it is not a date. */
  unreadableLastActivity?: string;
  storeRelativePath?: string;
  owner?: string;
  /** How many cleanups have failed so far. */
  attempts: number;
  /** No cleanup before this instant. */
  nextAttemptAt?: Date;
  lastError?: string;
  /** When the current series of failures began. */
  failedSince?: Date;
  /** When a DELETE was sent whose answer is not known: if the session is gone, this DELETE deleted it. */
  deleteSentAt?: Date;
  /** Whether it failed too often, or can never be cleaned up, and needs manual action. */
  givenUp: boolean;
}

/** What is written into a session's row. Columns left out stay unchanged. */
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

/** How settling a row ended: done, or not done because its owner has written it meanwhile, or because it is gone. */
export type Settled = 'settled' | 'changedMeanwhile' | 'gone';

/** One page of rows, and the storage service's clock when it sent them. */
export interface SessionPage {
  sessions: TrackedSession[];
  /** The answer's `Date` header; `undefined` if it had none. */
  storageDate: Date | undefined;
}
