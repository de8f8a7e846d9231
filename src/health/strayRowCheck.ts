import { quoted } from '../cleanup/model/cutText.ts';
import type { App } from '../composition/app.ts';
import { counted } from '../wire/words.ts';
import type { Check } from './check.ts';

/** How long the query may take, in milliseconds. */
const TIMEOUT_MS = 5_000;

/** Looks for rows in partitions that no sweep reads. @returns what to add to the check of the table of sessions */
export async function checkStrayRows({ storage, settings }: App): Promise<Partial<Check>> {
  const { name } = settings.cluster;
  const { shards } = settings.storage;
  try {
    const { count, more, partition } = await storage.strayRows(name, shards, AbortSignal.timeout(TIMEOUT_MS));
    if (count === 0) return {};
    return {
      status: 'warning',
      detail:
        `${more ? 'At least ' : ''}${counted(count, 'row')} of this cluster ${count === 1 && !more ? 'is' : 'are'} in partitions of ` +
        `another SESSION_SHARDS, such as ${quoted(partition ?? '')}, where no sweep reads ${count === 1 && !more ? 'it' : 'them'}.`,
      advice:
        `SESSION_SHARDS is ${shards} here. Set the same value for everyone who registers sessions, then register these sessions again ` +
        'or delete the rows.',
    };
  } catch {
    // The table itself works: a slow query for stray rows is not an error of the table.
    return {};
  }
}
