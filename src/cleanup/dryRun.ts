import type { Planned, RowPlan } from './model/outcome.ts';
import type { Entry, Recorder } from './recorder.ts';
import type { Settlement } from './settle.ts';

/**
 * Replaces the recorder in a dry run: it records no outcome and settles no row, but reports for each session what would happen.
 *
 * The table of outcomes holds only what really happened. Besides, a dry run finds the same rows each time, so scheduled dry runs
 * would fill it.
 */
export function startPlanner({ planned }: { planned?(planned: Planned): void }): Recorder {
  return {
    failed: false,
    add: async (entry) => planned?.(plan(entry)),
    finish: async () => ({ refused: { count: 0, message: '' } }),
  };
}

function plan({ record, session, settlement }: Entry): Planned {
  return {
    sessionId: record.sessionId,
    outcome: record.outcome,
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
