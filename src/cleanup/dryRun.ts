import type { OutcomeKind } from './outcome.ts';
import type { Entry, Recorder } from './recorder.ts';
import type { Settlement } from './settle.ts';

/** What would become of a session's row. */
export type RowPlan = 'removed' | 'updated' | 'triedAgainLater' | 'givenUp' | 'left';

/** What a sweep would do with one session, and why. */
export interface Planned {
  /** The row key of its row, in lower case. */
  sessionId: string;
  /** How its cleanup would end. A session that would be deleted is `wouldDelete`. */
  outcome: OutcomeKind;
  /** For a person. */
  why: string;
  row: RowPlan;
  /** As far as the row tells; of an active session, its last chunk. */
  lastActivity: Date | undefined;
  /** What would be freed on the cluster's disks. */
  bytes: number | undefined;
  storeRelativePath: string | undefined;
  owner: string | undefined;
  errorCode: string | undefined;
  /** Of the call that asked the cluster. */
  requestId: string | undefined;
}

/**
 * Stands in for the recorder in a dry run: it writes down nothing and settles no row, and tells of each session what would
 * happen to it.
 *
 * Nothing goes to the table of outcomes, which holds what has really happened; and rows that nobody settles come up in each
 * dry run again, so that on a schedule they would fill it.
 */
export function startPlanner({ planned }: { planned?(planned: Planned): void }): Recorder {
  return {
    failed: false,
    add: async (entry) => planned?.(plan(entry)),
    finish: async () => {},
  };
}

function plan({ record, session, settlement }: Entry): Planned {
  const kind = record.outcome as OutcomeKind;
  return {
    sessionId: record.sessionId,
    outcome: kind,
    why: record.errorMessage ?? 'The cluster knows no such session: it was committed, expired or deleted before.',
    row: rowPlan(settlement),
    lastActivity: record.lastActivity,
    bytes: record.bytes,
    storeRelativePath: record.storeRelativePath,
    owner: session.owner,
    errorCode: record.errorCode,
    requestId: record.requestId,
  };
}

function rowPlan(settlement: Settlement): RowPlan {
  if (settlement === 'remove') return 'removed';
  if (settlement === 'leave') return 'left';
  if (settlement.givenUp) return 'givenUp';
  return settlement.nextAttemptAt ? 'triedAgainLater' : 'updated';
}
