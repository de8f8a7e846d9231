import type { RunRecord } from '../../cleanup/model/runRecord.ts';
import { newestStore, storeReasons } from '../../health/overview/storeReasons.ts';
import { agoInWords, storeInWords } from '../../wire/words.ts';
import type { Finding } from './diagnose.ts';

/**
 * What the image store held at the latest sweep that asked.
 *
 * @param runs - newest first
 * @returns `undefined` if no sweep has asked
 */
export function storeFinding(runs: readonly RunRecord[], now: Date): Finding | undefined {
  const store = newestStore(runs);
  if (!store) return undefined;
  const { usage, askedAt } = store;
  if (usage === 'unknown') return { name: 'store', status: 'skipped', detail: 'Unknown: the cluster did not say.' };
  const detail = `${storeInWords(usage)}, ${agoInWords(askedAt, now)}.`;
  const [reason] = storeReasons(runs);
  return { name: 'store', status: reason ? 'warning' : 'ok', detail, ...(reason?.advice && { advice: reason.advice }) };
}
