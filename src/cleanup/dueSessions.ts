import { ClockSkewError } from './model/outcome.ts';
import type { RunRecord } from './model/runRecord.ts';
import type { SweepPosition } from './model/sweepPosition.ts';
import type { TrackedSession } from './model/trackedSession.ts';
import type { SweepPorts } from './ports.ts';
import type { Run } from './record.ts';
import { isDue, isStale, lastActivityOf, type StaleRules } from './stale.ts';
import type { Stopper } from './stopper.ts';
import { rangesFrom } from './sweepRange.ts';

/** Which sessions a sweep takes. */
export interface DueRules extends StaleRules {
  /** The partitions to sweep, one after the other. */
  partitions: string[];
  /** The most sessions to take; 0: no limit. */
  limit: number;
  /** Only sessions of this owner. */
  owner?: string | undefined;
}

/**
 * Streams the sessions whose turn has come, until the sweep is stopped. Never throws: a storage error stops the sweep, so
 * that what is in flight is finished and recorded before anybody hears of it.
 *
 * @param position - where the last sweep stopped; this one continues behind it and wraps around
 * @param passed - takes how far it has read, and how many sessions it had given out by then: a sweep of little time must get past
 *   rows and partitions that hold nothing due
 * @param fail - takes what the storage threw
 */
export async function* dueSessions(
  summary: RunRecord,
  ports: SweepPorts,
  rules: DueRules,
  run: Run,
  position: SweepPosition | undefined,
  passed: (position: SweepPosition, taken: number) => void,
  stopper: Stopper,
  fail: (error: unknown) => void,
): AsyncGenerator<TrackedSession, undefined> {
  const cutoff = new Date(run.startedAt.getTime() - rules.staleAfterMs);
  let taken = 0;
  try {
    const ranges = rangesFrom(rules.partitions, position);
    for (const [index, range] of ranges.entries()) {
      if (!stopper.goesOn()) return;
      for await (const { sessions, storageDate } of ports.pagesOfSessions(range, cutoff, stopper.stopped)) {
        if (!stopper.goesOn()) return;
        const skewMs = storageDate ? storageDate.getTime() - ports.now().getTime() : 0;
        if (Math.abs(skewMs) > rules.maxClockSkewMs) {
          const { message } = new ClockSkewError('storage service', skewMs, rules.maxClockSkewMs);
          stopper.stop('clockSkew', message);
          return;
        }
        // A row's times may be the storage service's own, so the earlier of the two clocks counts. Its header tells whole seconds.
        const now = new Date(run.startedAt.getTime() + Math.min(0, skewMs + 1000));
        summary.scanned += sessions.length;
        for (const session of sessions) {
          if (rules.owner !== undefined && session.owner !== rules.owner) continue;
          noteStale(summary, session, now, rules);
          if (!isDue(session, now, rules)) continue;
          summary.stale += 1;
          if (rules.limit > 0 && taken >= rules.limit) {
            stopper.end('limit');
            return;
          }
          taken += 1;
          yield session;
        }
        const last = sessions.at(-1);
        if (last) passed({ partition: range.partition, rowKey: last.rowKey }, taken);
      }
      const next = ranges[index + 1];
      if (next) passed({ partition: next.partition, rowKey: '' }, taken);
    }
  } catch (error) {
    // A stop ends a query in its middle.
    if (!stopper.stopped.aborted) fail(error);
  }
}

/** Keeps the oldest. One that is given up needs manual action, and says nothing about how well the sweeps keep up. */
function noteStale(summary: RunRecord, session: TrackedSession, now: Date, rules: DueRules): void {
  if (session.givenUp || !isStale(session, now, rules)) return;
  const { at } = lastActivityOf(session, now, rules);
  if (!summary.oldestStaleAt || at < summary.oldestStaleAt) summary.oldestStaleAt = at;
}
