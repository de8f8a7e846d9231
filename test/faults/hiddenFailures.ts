import type { RoundFacts } from './facts.ts';

/** Finds sessions that always fail without a record, and those whose own failures are not charged. */
export function unrecordedFailures({ sessions, phases, outcomes }: RoundFacts): string[] {
  const rows = phases.at(-1)?.rows ?? [];
  return sessions
    .filter(({ role }) => role === 'failing' || role === 'blocked')
    .flatMap(({ id, role, rowKeys }) => {
      const isRecorded = outcomes.some(({ sessionId, outcome }) => sessionId === id && outcome === 'failed');
      const isCharged = rows
        .filter(({ rowKey }) => rowKeys.includes(rowKey))
        .every(({ attempts, givenUp }) => attempts > 0 || givenUp);
      return [
        ...(isRecorded ? [] : [`${id} (${role}) has no outcome failed.`]),
        ...(isCharged || role === 'blocked' ? [] : [`${id} (${role}) was never charged.`]),
      ];
    });
}

/** Finds a verdict `well` although a stale session fails. */
export function hiddenFailures({ sessions, phases }: RoundFacts): string[] {
  return phases.flatMap(({ verdict, rows }) => {
    if (verdict?.level !== 'well') return [];
    const failing = sessions.filter(({ role }) => role === 'failing' || role === 'blocked');
    return failing
      .flatMap(({ role, rowKeys }) =>
        rowKeys.map((rowKey) => ({ role, row: rows.find((one) => one.rowKey === rowKey) })),
      )
      .filter(({ row }) => row !== undefined)
      .map(({ role, row }) => `The verdict is "well", although ${row?.rowKey} (${role}) fails.`);
  });
}

/** Finds rejected rows that no run of the recovery names. An earlier run may have been killed. */
export function unreportedRows({ phases, runs }: RoundFacts): string[] {
  const recovery = phases.find(({ kind }) => kind === 'recovery');
  if (!recovery) return [];
  const named = runs.filter(({ startedAt, stoppedBy }) => startedAt >= recovery.startedAt && stoppedBy === 'error');
  return [...new Set(recovery.refusedRows)]
    .filter((rowKey) => !named.some(({ error }) => error.includes(rowKey)))
    .map((rowKey) => `The change of the row ${rowKey} was rejected, but no run ended in an error that names it.`);
}
