import type { LoggedRequest } from '../../src/local/cluster/requestLog.ts';
import type { HostRecord } from './hostUnderTest.ts';
import type { PlannedSession } from './plannedSessions.ts';
import type { Phase } from './roundPlan.ts';
import type { AcceptedChunk, OwnersRow } from './uploaders.ts';

/** A row of the table of sessions at the end. */
export interface FinalRow {
  rowKey: string;
  etag: string;
  lastActivity: Date | undefined;
  givenUp: boolean;
}

/** The failures in a row of the table of sessions. */
export interface RowState {
  rowKey: string;
  attempts: number;
  givenUp: boolean;
}

/** One of several consecutive sweeps during the recovery, with no other activity. */
export interface RecoverySweep {
  /** The row keys of the sessions that were due when it started. */
  due: string[];
  /** Those of them that it processed. */
  processed: string[];
}

/** The app's own verdict, as the page shows it. */
export interface Verdict {
  level: string;
  reasons: string[];
}

/** A recorded run. */
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
  /** `undefined` if the host ended before it answered. */
  answer: { status: number; contentType: string; body: string } | undefined;
}

/** The result of one phase of a round. The last phase of a round, without faults, is `recovery`. */
export interface PhaseFacts {
  kind: Phase['kind'] | 'recovery';
  faults: string[];
  /** Whether faults broke connections, after which a client may send the same request again. */
  breaksConnections: boolean;
  /** The number of gateways that the app has. */
  gateways: number;
  sweeps: number;
  /** Hosts whose sweeps did not end in time. */
  unfinishedHosts: string[];
  calls: MadeCall[];
  /** The app's requests to the cluster. */
  requests: LoggedRequest[];
  /** The rows of the sessions at its end. */
  rows: RowState[];
  startedAt: Date;
  /** The row keys of the changes that the storage refused. */
  refusedRows: string[];
  /** The sweeps of the recovery. */
  recoverySweeps: RecoverySweep[];
  /** The app's own verdict at the end of the recovery. */
  verdict?: Verdict;
}

/** The facts of a round after its end, for checking the invariants. */
export interface RoundFacts {
  staleAfterMs: number;
  sessions: PlannedSession[];
  phases: PhaseFacts[];
  chunks: AcceptedChunk[];
  ownersRows: OwnersRow[];
  /** The ids of the sessions that are still on the cluster. */
  onCluster: Set<string>;
  finalRows: FinalRow[];
  outcomes: RecordedOutcome[];
  runs: RecordedRun[];
  /** The maximum number of sessions in a sweep; 0 for no limit. */
  limit: number;
  /** Whether a sweep has little time, and the storage is slow. */
  isShortOfTime: boolean;
  hosts: HostRecord[];
  /** The other output of the app: the content of its tables. */
  texts: string[];
  secrets: string[];
}
