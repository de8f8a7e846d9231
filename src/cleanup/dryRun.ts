import type { Planned, RowPlan } from './model/outcome.ts';
import type { OutcomeKind } from './model/outcomeKind.ts';
import type { Entry, Recorder } from './recorder.ts';
import type { Settlement } from './settle.ts';

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
    finish: async () => ({ refused: { count: 0, message: '' } }),
  };
}

function plan({ record, session, settlement }: Entry): Planned {
  const kind = record.outcome as OutcomeKind;
  return {
    sessionId: record.sessionId,
    outcome: kind,
    why:
      record.errorMessage ??
      'The cluster has no such session: it expired or was deleted before, or was never known to this cluster.',
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
