import type { RoundFacts } from './facts.ts';

/**
 * The number of sweeps with a short time budget that process all partitions, even on a very busy machine. This does not measure
 * speed: a sweep that cannot get past partitions without due sessions never processes the others.
 */
const SHORT_SWEEPS_FOR_ALL_PARTITIONS = 12;

/** The maximum number of sweeps until each of the due sessions is processed: those that get past the partitions, and those that a limit adds. */
export function sweepsNeeded(
  { limit, isShortOfTime }: Pick<RoundFacts, 'limit' | 'isShortOfTime'>,
  due: number,
): number {
  const forPartitions = isShortOfTime ? SHORT_SWEEPS_FOR_ALL_PARTITIONS : 1;
  return forPartitions + (limit > 0 && due > 0 ? Math.ceil(due / limit) - 1 : 0);
}

/** Finds sessions that were due in consecutive sweeps without being processed, while others were processed several times. */
export function starvedSessions(facts: RoundFacts): string[] {
  return facts.phases.flatMap(({ recoverySweeps }) => {
    const needed = sweepsNeeded(facts, Math.max(0, ...recoverySweeps.map(({ due }) => due.length)));
    const all = new Set(recoverySweeps.flatMap(({ due }) => due));
    return [...all].flatMap((rowKey) => {
      const waited = longestWait(
        recoverySweeps.map(({ due, processed }) => due.includes(rowKey) && !processed.includes(rowKey)),
      );
      if (waited < needed) return [];
      return [
        `${rowKey} was due but not processed in ${waited} consecutive sweeps; every session needs at most ${needed}.`,
      ];
    });
  });
}

/** The largest number of consecutive sweeps in which it waited. */
function longestWait(waits: boolean[]): number {
  let longest = 0;
  let now = 0;
  for (const waited of waits) {
    now = waited ? now + 1 : 0;
    longest = Math.max(longest, now);
  }
  return longest;
}
