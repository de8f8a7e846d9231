import type { RunRecord } from '../../cleanup/model/runRecord.ts';
import { agoInWords, storeInWords } from '../../wire/words.ts';
import type { Finding } from './diagnose.ts';

/** With a smaller share of free space than this, uploads fail soon. */
const LEAST_FREE = 0.1;

const ADVICE =
  'The disk is nearly full, and uploads fail when it is. If much is staged, look for sessions that fail or that nobody registered. Otherwise ' +
  'remove application versions that are no longer used, or enlarge the disk.';

/**
 * What the image store held when a sweep last asked.
 *
 * @param runs - newest first
 * @returns `undefined` if no sweep has asked
 */
export function storeFinding(runs: readonly RunRecord[], now: Date): Finding | undefined {
  const asked = runs.find(({ store }) => store !== undefined);
  if (asked?.store === undefined) return undefined;
  const { store, startedAt } = asked;
  if (store === 'unknown') return { name: 'store', status: 'skipped', detail: 'Unknown: the cluster did not say.' };
  const detail = `${storeInWords(store)}, ${agoInWords(startedAt, now)}.`;
  const isNearlyFull = store.availableBytes < LEAST_FREE * store.capacityBytes;
  return isNearlyFull
    ? { name: 'store', status: 'warning', detail, advice: ADVICE }
    : { name: 'store', status: 'ok', detail };
}
