import type { Planned } from './model/outcome.ts';
import type { OutcomeRecord } from './model/outcomeRecord.ts';
import type { Probe } from './model/probe.ts';
import type { RowRefusedError } from './model/rowRefusedError.ts';
import type { Run } from './model/run.ts';
import type { RunRecord } from './model/runRecord.ts';
import type { SessionId } from './model/sessionId.ts';
import type { StoreUsage } from './model/storeUsage.ts';
import type { SweepPosition } from './model/sweepPosition.ts';
import type { SweepRange } from './model/sweepRange.ts';
import type { SessionChange, SessionPage, Settled, TrackedSession } from './model/trackedSession.ts';
import type { Acknowledged, Answered, CallOptions, GuardedDeletion, UploadSession } from './model/uploadSession.ts';

/** What the cleanup of one session depends on. */
export interface ClusterPorts {
  getSession(sessionId: SessionId, call: CallOptions): Promise<Answered<UploadSession | undefined>>;
  deleteSession(sessionId: SessionId, call: CallOptions): Promise<Acknowledged>;
  /** Looks a session up and, if `mayDelete` allows it, deletes it within two seconds of the answer or not at all. */
  deleteSessionIf(
    sessionId: SessionId,
    mayDelete: (look: Answered<UploadSession | undefined>) => boolean,
    call: CallOptions,
  ): Promise<GuardedDeletion>;
  now(): Date;
}

/** What recording and settling depend on. */
export interface RecordPorts {
  /** @returns those that the storage service refuses to write; the others are recorded */
  recordOutcomes(records: OutcomeRecord[]): Promise<{ record: OutcomeRecord; error: RowRefusedError }[]>;
  removeSession(session: TrackedSession): Promise<Settled>;
  changeSession(session: TrackedSession, change: SessionChange): Promise<Settled>;
}

/** The log, for people. */
export interface LogPort {
  /** Logs a failure or an irregularity in one line; `facts` say which session, run and request. */
  warn(message: string, facts: Record<string, unknown>): void;
}

/** What a sweep depends on. */
export interface SweepPorts extends ClusterPorts, RecordPorts {
  pagesOfSessions(range: SweepRange, cutoff: Date, signal: AbortSignal): AsyncIterable<SessionPage>;
  recordRun(run: RunRecord): Promise<void>;
  /** Where the last run over the same partitions stopped; `undefined` if it processed every stale session, or there was none. */
  resumeAfter(run: Run): Promise<SweepPosition | undefined>;
  /** Probes the cluster; see {@link Probe}. */
  probe(call: { signal?: AbortSignal }): Promise<Probe>;
  /** Asks what the image store holds; throws if the cluster does not report it. Left out if it should not be asked. */
  getStoreUsage?(call: CallOptions): Promise<StoreUsage>;
  /** Receives the results of a dry run, one call per session. */
  planned?(planned: Planned): void;
  log: LogPort;
}
