import type { LoggedRequest } from '../../src/local/cluster/requestLog.ts';
import type { HostRecord } from './hostUnderTest.ts';
import type { PlannedSession } from './plannedSession.ts';
import type { Phase } from './schedule.ts';
import type { AcceptedChunk, OwnersRow } from './uploaders.ts';

/** A row of the table of sessions, as it stands at the end. */
export interface FinalRow {
  rowKey: string;
  etag: string;
  lastActivity: Date | undefined;
  givenUp: boolean;
}

/** What a row of the table of sessions says of its failures. */
export interface RowState {
  rowKey: string;
  attempts: number;
  givenUp: boolean;
}

/** One of several sweeps that follow each other, with nothing else going on. */
export interface Turn {
  /** The row keys of the sessions that were due when it began. */
  due: string[];
  /** Of these, the ones that it came to. */
  met: string[];
}

/** The app's own verdict, as the page shows it. */
export interface Verdict {
  level: string;
  reasons: string[];
}

/** A run as it was recorded. */
export interface RecordedRun {
  startedAt: Date;
  stoppedBy: string;
  error: string;
}

/** A row of the table of outcomes. */
export interface RecordedOutcome {
  sessionId: string;
  outcome: string;
}

/** An HTTP call to the app. */
export interface MadeCall {
  sessionId: string;
  onlyIfStale: boolean;
  /** None: the host was gone before it answered. */
  answer: { status: number; contentType: string; body: string } | undefined;
}

/** What one phase of a round came to. The last one of a round, without faults, is `recovery`. */
export interface PhaseFacts {
  kind: Phase['kind'] | 'recovery';
  faults: string[];
  /** Whether a client may have had cause to send the same request once more. */
  breaksConnections: boolean;
  /** How many gateways the app has to ask. */
  gateways: number;
  sweeps: number;
  /** Hosts whose sweeps did not end within all patience. */
  endless: string[];
  calls: MadeCall[];
  /** What reached the cluster from the app. */
  requests: LoggedRequest[];
  /** The rows of the sessions when it was over. */
  rows: RowState[];
  startedAt: Date;
  /** The row keys of the changes that the storage refused. */
  refusedRows: string[];
  /** The sweeps of the recovery. */
  turns: Turn[];
  /** What the app's own verdict was at the end of the recovery. */
  verdict?: Verdict;
}

/** All that is known of a round when it is over: what the invariants are held against. */
export interface RoundFacts {
  staleAfterMs: number;
  sessions: PlannedSession[];
  phases: PhaseFacts[];
  chunks: AcceptedChunk[];
  ownersRows: OwnersRow[];
  /** Ids of the sessions that the cluster still knows. */
  onCluster: Set<string>;
  finalRows: FinalRow[];
  outcomes: RecordedOutcome[];
  runs: RecordedRun[];
  /** Of sessions in a sweep; 0: none. */
  limit: number;
  /** Whether a sweep has little time, and the storage is slow. */
  isShortOfTime: boolean;
  hosts: HostRecord[];
  /** Everything else that came out of the app: what its tables hold. */
  texts: string[];
  secrets: string[];
}
