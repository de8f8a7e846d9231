import type { Page } from '../cleanup/model/page.ts';
import type { RunRecord } from '../cleanup/model/runRecord.ts';
import type { RunQueries } from '../storage/runQueries.ts';
import type { SweepOverviewItem } from '../wire/schemas.ts';
import { toSweepOverview } from '../wire/toWire.ts';

/** How long after its sweep began a part may run: a queue delivers late and retries. */
const LATEST_PART_MS = 6 * 3_600_000;

/** How far the clock of a part's instance may be behind that of the instance that began the sweep. */
const CLOCKS_APART_MS = 5 * 60_000;

/** How many runs are read at once. */
const RUNS = 500;

/**
 * Lists sweeps, the newest first, each with all its runs. The runs of a sweep begin after the run that began it, so a sweep is
 * whole once that run was read.
 *
 * @param time - when the sweeps began, both ends included
 * @returns the next page of at most so many; every position but the first must be that of the page before
 */
export function sweepPages(
  storage: Pick<RunQueries, 'listRuns'>,
  clusterName: string,
  { since, until }: { since: Date; until: Date },
): (most: number, position: string | undefined) => Promise<Page<SweepOverviewItem>> {
  const sweeps = wholeSweeps(runsIn(storage, clusterName, { since, until: after(until, LATEST_PART_MS) }));
  let ahead: Promise<IteratorResult<SweepOverviewItem>> | undefined;
  return async (most) => {
    const items: SweepOverviewItem[] = [];
    ahead ??= sweeps.next();
    let next = await ahead;
    while (!next.done && items.length < most) {
      if (new Date(next.value.startedAt) <= until) items.push(next.value);
      ahead = sweeps.next();
      next = await ahead;
    }
    return next.done ? { items } : { items, next: next.value.sweepId };
  };
}

async function* runsIn(
  storage: Pick<RunQueries, 'listRuns'>,
  clusterName: string,
  time: { since: Date; until: Date },
): AsyncGenerator<RunRecord> {
  let position: string | undefined;
  do {
    const page = await storage.listRuns(clusterName, time, RUNS, position);
    yield* page.items;
    position = page.next;
  } while (position !== undefined);
}

/** @param runs - newest first */
async function* wholeSweeps(runs: AsyncIterable<RunRecord>): AsyncGenerator<SweepOverviewItem> {
  const open = new Map<string, RunRecord[]>();
  /** Those whose first run was read, the newest first. */
  const begun: RunRecord[] = [];
  const close = (sweepId: string) => {
    const overview = toSweepOverview(open.get(sweepId) ?? []);
    open.delete(sweepId);
    return overview ? [overview] : [];
  };
  for await (const run of runs) {
    while (begun[0] && run.startedAt < after(begun[0].startedAt, -CLOCKS_APART_MS)) {
      yield* close(begun.shift()?.sweepId ?? '');
    }
    open.set(run.sweepId, [...(open.get(run.sweepId) ?? []), run]);
    if (run.runId === run.sweepId) begun.push(run);
  }
  for (const { sweepId } of begun) yield* close(sweepId);
  // The run that began these was purged, could not be recorded, or is before the time that was asked for.
  for (const sweepId of [...open.keys()]) yield* close(sweepId);
}

const after = (instant: Date, ms: number) => new Date(instant.getTime() + ms);
