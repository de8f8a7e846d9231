import { itemsOf, type Page } from '../cleanup/model/page.ts';
import type { RunRecord } from '../cleanup/model/runRecord.ts';
import { DAY_MS, HOUR_MS } from '../cleanup/model/time.ts';
import type { Settings } from '../settings/settings.ts';
import { PositionError, parsePosition } from '../storage/position.ts';
import type { RunQueries } from '../storage/runQueries.ts';
import type { SweepOverviewItem } from './schemas.ts';
import { keptWithin, type TimeSpan } from './timeSpan.ts';
import { toSweepOverview } from './toWire.ts';
import { CLOCKS_APART_MS, isListedBefore, type SweepPlace, wholeSweeps } from './wholeSweeps.ts';

/** How long after its sweep began a part is expected to begin: a queue delivers late and retries. */
const LATEST_PART_MS = 6 * HOUR_MS;

/** How long a message stays on a storage queue, if nothing else is set: no part begins later. */
const MESSAGE_LIFETIME_MS = 7 * DAY_MS;

/** How many runs are read at once. */
const RUNS = 999;

/** A page is cut short after this, in milliseconds. */
const LONGEST_PAGE_MS = 20_000;

/** Longer ids, of rows that this app did not write, fit into no query. */
const LONGEST_ID = 100;

/** What a list of sweeps is read from. */
interface SweepSource {
  storage: Pick<RunQueries, 'listRuns'>;
  settings: { cluster: Pick<Settings['cluster'], 'name'>; outcomeRetentionMs: number };
}

/**
 * One page of sweeps, the newest first, each with its runs. A sweep is on one page only. Beyond the first page, and with an end of
 * the span, runs that began more than six hours after their sweep may be missing from it.
 *
 * @param span - when the sweeps began, both ends included
 * @param limit - most of a page
 * @param after - where an earlier page with the same span said to go on
 * @throws {PositionError} if `after` is not a position of this list
 * @throws {RestError} when the storage service can't be read
 */
export async function sweepPage(
  source: SweepSource,
  span: TimeSpan,
  limit: number,
  after?: string,
): Promise<Page<SweepOverviewItem>> {
  const now = new Date();
  const { since, until } = keptWithin(span, now, source.settings.outcomeRetentionMs);
  let last = after === undefined ? undefined : placeOf(after);
  const isListed = (place: SweepPlace) =>
    place.startedAt >= since && place.startedAt <= until && (!last || isListedBefore(last, place));
  // The parts of the next sweep may have begun before the sweep at which the page before ended, or after it.
  const newest = last && last.startedAt < until ? last.startedAt : until;
  const { storage, settings } = source;
  const time = { since: later(since, -CLOCKS_APART_MS), until: later(newest, LATEST_PART_MS) };
  const runs = itemsOf((position) => storage.listRuns(settings.cluster.name, time, RUNS, position));
  const items: SweepOverviewItem[] = [];
  for await (const ofOne of wholeSweeps(runs, async (run) => !isListed(run) || hasOlderRun(source, run))) {
    const sweep = toSweepOverview(ofOne);
    if (!sweep) continue;
    const place = { startedAt: new Date(sweep.startedAt), sweepId: shortened(sweep.sweepId) };
    if (!isListed(place)) continue;
    const isFull = items.length > 0 && (items.length >= limit || Date.now() - now.getTime() > LONGEST_PAGE_MS);
    if (isFull && last) return { items, next: JSON.stringify([last.startedAt.toISOString(), last.sweepId]) };
    items.push(sweep);
    last = place;
  }
  return { items };
}

function placeOf(position: string): SweepPlace {
  const [instant, sweepId] = parsePosition(position);
  const startedAt = new Date(instant);
  if (Number.isNaN(startedAt.getTime())) throw new PositionError();
  return { startedAt, sweepId };
}

async function hasOlderRun({ storage, settings }: SweepSource, { sweepId, startedAt }: RunRecord): Promise<boolean> {
  if (sweepId.length > LONGEST_ID) return false;
  const time = { since: later(startedAt, -MESSAGE_LIFETIME_MS), until: later(startedAt, -1) };
  const { items } = await storage.listRuns(settings.cluster.name, { ...time, sweepId }, 1);
  return items.length > 0;
}

/** A position fits into a token, whatever the table holds as an id. */
const shortened = (sweepId: string) => sweepId.slice(0, LONGEST_ID);

const later = (instant: Date, ms: number) => new Date(instant.getTime() + ms);
