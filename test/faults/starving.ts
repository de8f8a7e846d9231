import type { RoundFacts } from './facts.ts';

/**
 * How many sweeps it takes to process all partitions if each has little time, on a very busy machine. It does not measure speed:
 * a sweep that cannot get past partitions without due sessions never processes the others.
 */
const ROUND_IN_SHORT_SWEEPS = 12;

/** The maximum number of sweeps to process each of this number of due sessions. */
export function sweepsNeeded(
  { limit, isShortOfTime }: Pick<RoundFacts, 'limit' | 'isShortOfTime'>,
  due: number,
): number {
  return Math.max(1, limit > 0 ? Math.ceil(due / limit) : 1, isShortOfTime ? ROUND_IN_SHORT_SWEEPS : 1);
}

/** Finds sessions that were due in consecutive sweeps without being processed, while others were processed several times. */
export function longWaits(facts: RoundFacts): string[] {
  return facts.phases.flatMap(({ turns }) => {
    const needed = sweepsNeeded(facts, Math.max(0, ...turns.map(({ due }) => due.length)));
    const all = new Set(turns.flatMap(({ due }) => due));
    return [...all].flatMap((rowKey) => {
      const waited = longestWait(turns.map(({ due, met }) => due.includes(rowKey) && !met.includes(rowKey)));
      if (waited < needed) return [];
      return [`${rowKey} was due and not met in ${waited} sweeps in a row, of which ${needed} come to every session.`];
    });
  });
}

/** The longest series of sweeps in which it waited. */
function longestWait(waits: boolean[]): number {
  let longest = 0;
  let now = 0;
  for (const waited of waits) {
    now = waited ? now + 1 : 0;
    longest = Math.max(longest, now);
  }
  return longest;
}

/** Finds a verdict that all is well while stale sessions fail. */
export function wellThoughFailing({ sessions, phases }: RoundFacts): string[] {
  return phases.flatMap(({ verdict, rows }) => {
    if (verdict?.level !== 'well') return [];
    const failing = sessions.filter(({ role }) => role === 'failing' || role === 'blocked');
    return failing
      .flatMap(({ role, rowKeys }) =>
        rowKeys.map((rowKey) => ({ role, row: rows.find((one) => one.rowKey === rowKey) })),
      )
      .filter(({ row }) => row !== undefined)
      .map(({ role, row }) => `The verdict is "well", though ${row?.rowKey} (${role}) fails.`);
  });
}

/** Finds rejected rows that no run of the recovery names. A run before that may have been killed. */
export function unnamedRows({ phases, runs }: RoundFacts): string[] {
  const recovery = phases.find(({ kind }) => kind === 'recovery');
  if (!recovery) return [];
  const named = runs.filter(({ startedAt, stoppedBy }) => startedAt >= recovery.startedAt && stoppedBy === 'error');
  return [...new Set(recovery.refusedRows)]
    .filter((rowKey) => !named.some(({ error }) => error.includes(rowKey)))
    .map((rowKey) => `The change of the row ${rowKey} was refused, and no run ended in an error that names it.`);
}
