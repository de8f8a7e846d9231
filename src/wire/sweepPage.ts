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

/** How long after its sweep a part is expected to begin: a queue may deliver late, and retries. */
const LATEST_PART_MS = 6 * HOUR_MS;

/** The default lifetime of a message on a storage queue: no part begins later. */
const MESSAGE_LIFETIME_MS = 7 * DAY_MS;

/** How many runs one query reads. */
const RUNS = 999;

/** A page is cut short after this, in milliseconds. */
const LONGEST_PAGE_MS = 20_000;

/** Ids are shortened to this: longer ones, in rows that this app did not write, do not fit into a query or a token. */
const LONGEST_ID = 100;

/** What a list of sweeps depends on. */
interface SweepSource {
  storage: Pick<RunQueries, 'listRuns'>;
  settings: { cluster: Pick<Settings['cluster'], 'name'>; outcomeRetentionMs: number };
}

/**
 * Reads one page of sweeps, the newest first, each with its runs. A sweep is on one page only. After the first page, and if the
 * span has an end, runs that began more than six hours after their sweep may be missing.
 *
 * @param span - when the sweeps began, both ends included
 * @param limit - the maximum number of sweeps of the page
 * @param after - the position from an earlier page with the same span
 * @throws {PositionError} if `after` is not a position of this list
 * @throws {RestError} if the storage service cannot be read
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
  // The parts of the next sweep may have begun before or after the last sweep of the previous page.
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

const shortened = (sweepId: string) => sweepId.slice(0, LONGEST_ID);

const later = (instant: Date, ms: number) => new Date(instant.getTime() + ms);
