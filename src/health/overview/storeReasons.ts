import type { RunRecord } from '../../cleanup/model/runRecord.ts';
import type { StoreUsage } from '../../cleanup/model/storeUsage.ts';
import { storeInWords } from '../../wire/words.ts';
import type { Reason } from './reason.ts';

/** What the image store held when a run asked for it. */
export interface RecordedStore {
  /** `unknown` if the cluster did not report it. */
  usage: StoreUsage | 'unknown';
  askedAt: Date;
}

/** With a smaller share of free space than this, uploads fail soon. */
const LEAST_FREE = 0.1;

const ADVICE =
  'Uploads fail when the disk is full. If much is staged, look for sessions that fail or are not registered. Otherwise ' +
  'remove application versions that are no longer used, or enlarge the disk.';

/**
 * @param runs - newest first
 * @returns `undefined` if no run asked
 */
export function newestStore(runs: readonly RunRecord[]): RecordedStore | undefined {
  const run = runs.find(({ store }) => store !== undefined);
  return run?.store === undefined ? undefined : { usage: run.store, askedAt: run.startedAt };
}

/** Whether the image store's disk is nearly full. */
export function storeReasons(runs: readonly RunRecord[]): Reason[] {
  const usage = newestStore(runs)?.usage ?? 'unknown';
  if (usage === 'unknown' || usage.availableBytes >= LEAST_FREE * usage.capacityBytes) return [];
  return [{ level: 'attention', section: 'parts', what: `The image store: ${storeInWords(usage)}.`, advice: ADVICE }];
}
