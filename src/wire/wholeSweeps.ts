import type { RunRecord } from '../cleanup/model/runRecord.ts';
import { MINUTE_MS } from '../cleanup/model/time.ts';

/** The place of a sweep in the list: newer sweeps first, those of one instant by their ids. */
export interface SweepPlace {
  startedAt: Date;
  sweepId: string;
}

/** How far the clock of an instance that runs a part may be behind the clock of the one that began the sweep. */
export const CLOCKS_APART_MS = 5 * MINUTE_MS;

interface OpenSweep {
  /** The newest first. */
  runs: [RunRecord, ...RunRecord[]];
  /** Whether the run that began it was read. */
  hasBegun: boolean;
  /** Whether an older run is known to exist. */
  hasOlder: boolean;
}

/** @returns whether `a` is listed before `b` */
export function isListedBefore(a: SweepPlace, b: SweepPlace): boolean {
  const newerMs = a.startedAt.getTime() - b.startedAt.getTime();
  return newerMs === 0 ? a.sweepId < b.sweepId : newerMs > 0;
}

/**
 * Groups runs into sweeps. The runs of a sweep begin after the run that began it, so a sweep is complete once that run was read. If
 * that run was purged or could not be recorded, the sweep begins with its oldest run.
 *
 * @param runs - the newest first
 * @param hasOlderRun - whether there is an older run of the same sweep
 * @returns the runs of each sweep, the newest sweep first
 */
export async function* wholeSweeps(
  runs: AsyncIterable<RunRecord>,
  hasOlderRun: (run: RunRecord) => Promise<boolean>,
): AsyncGenerator<RunRecord[], void> {
  const open = new Map<string, OpenSweep>();
  const closed = new Set<string>();
  /** The runs that began a sweep, and are not closed yet. */
  const begun: RunRecord[] = [];

  function* close(sweepId: string): Generator<RunRecord[], void> {
    const sweep = open.get(sweepId);
    open.delete(sweepId);
    closed.add(sweepId);
    if (sweep) yield sweep.runs;
  }

  /** Closes the sweeps whose first run does not exist, up to a place in the list. */
  async function* closeOrphans(place?: SweepPlace): AsyncGenerator<RunRecord[], void> {
    const oldestRuns = [...open.values()]
      .filter(({ hasBegun, hasOlder }) => !hasBegun && !hasOlder)
      .map((sweep) => ({ sweep, oldest: sweep.runs.at(-1) ?? sweep.runs[0] }))
      .filter(({ oldest }) => !place || isListedBefore(oldest, place))
      .sort((a, b) => (isListedBefore(a.oldest, b.oldest) ? -1 : 1));
    for (const { sweep, oldest } of oldestRuns) {
      sweep.hasOlder = await hasOlderRun(oldest);
      if (!sweep.hasOlder) yield* close(oldest.sweepId);
    }
  }

  async function* closeBegun(first: RunRecord): AsyncGenerator<RunRecord[], void> {
    yield* closeOrphans(first);
    yield* close(first.sweepId);
  }

  for await (const run of runs) {
    while (begun[0] && run.startedAt.getTime() < begun[0].startedAt.getTime() - CLOCKS_APART_MS) {
      yield* closeBegun(begun[0]);
      begun.shift();
    }
    if (closed.has(run.sweepId)) continue;
    const known = open.get(run.sweepId);
    known?.runs.push(run);
    const sweep = known ?? { runs: [run], hasBegun: false, hasOlder: false };
    sweep.hasOlder = false;
    open.set(run.sweepId, sweep);
    if (run.runId !== run.sweepId || sweep.hasBegun) continue;
    sweep.hasBegun = true;
    begun.push(run);
  }
  for (const first of begun) yield* closeBegun(first);
  yield* closeOrphans();
}
