import type { OutcomeRecord } from '../storage/outcomeTable.ts';
import type { Planned, RunSummary } from './model/outcome.ts';
import type { SessionChange, SessionPage, Settled, TrackedSession } from './model/trackedSession.ts';
import type { Acknowledged, Answered, CallOptions, UploadSession } from './model/uploadSession.ts';

/** What one session's cleanup needs of the world. */
export interface ClusterPorts {
  getSession(sessionId: string, call: CallOptions): Promise<Answered<UploadSession | undefined>>;
  deleteSession(sessionId: string, call: CallOptions): Promise<Acknowledged>;
  now(): Date;
}

/** What recording and settling needs of it. */
export interface RecordPorts {
  recordOutcomes(records: OutcomeRecord[]): Promise<void>;
  removeSession(session: TrackedSession): Promise<Settled>;
  changeSession(session: TrackedSession, change: SessionChange): Promise<Settled>;
}

/** One line each in the log, for a person. */
export interface LogPort {
  /** Something failed or is odd; `facts` say which session, run and request. */
  warn(message: string, facts: Record<string, unknown>): void;
}

/** What a sweep needs of it. */
export interface SweepPorts extends ClusterPorts, RecordPorts {
  pagesOfSessions(partition: string, cutoff: Date): AsyncIterable<SessionPage>;
  recordRun(run: RunSummary): Promise<void>;
  /** What ended the sweep before this one. */
  lastStoppedBy(): Promise<string | undefined>;
  /** Hears what a dry run finds, one call a session. */
  planned?(planned: Planned): void;
  log: LogPort;
}
