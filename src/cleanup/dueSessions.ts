import { ClockSkewError } from './model/clockSkewError.ts';
import type { Run } from './model/run.ts';
import type { RunRecord } from './model/runRecord.ts';
import type { SweepPosition } from './model/sweepPosition.ts';
import type { TrackedSession } from './model/trackedSession.ts';
import type { SweepPorts } from './ports.ts';
import { isDue, isStale, lastActivityOf, type StaleRules } from './stale.ts';
import type { Stopper } from './stopper.ts';
import { rangesFrom } from './sweepRange.ts';

/** Which sessions a sweep processes. */
export interface DueRules extends StaleRules {
  /** The partitions to sweep, one after the other. */
  partitions: string[];
  /** The maximum number of sessions; 0 for no limit. */
  limit: number;
  /** Only sessions of this owner. */
  owner?: string | undefined;
}

/**
 * Streams the sessions that are due, until the sweep is stopped. It never throws: a storage error stops the sweep, so that what is
 * in flight is finished and recorded first.
 *
 * @param position - where the last sweep stopped; this one continues after it and wraps around
 * @param passed - called with the position that was read up to, and the number of sessions returned so far: even a short sweep must
 *   get past rows and partitions with nothing due
 * @param fail - called with what the storage threw
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
        // The Timestamp of a row is the storage service's time, so the earlier of the two clocks counts. A Date header has whole seconds.
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
    // A stop aborts the query.
    if (!stopper.stopped.aborted) fail(error);
  }
}

/** Notes the oldest. A given-up session does not count: it says nothing about whether the sweeps keep up. */
function noteStale(summary: RunRecord, session: TrackedSession, now: Date, rules: DueRules): void {
  if (session.givenUp || !isStale(session, now, rules)) return;
  const { at } = lastActivityOf(session, now, rules);
  if (!summary.oldestStaleAt || at < summary.oldestStaleAt) summary.oldestStaleAt = at;
}
