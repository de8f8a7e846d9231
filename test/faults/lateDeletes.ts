import type { LoggedRequest } from '../../src/local/cluster/requestLog.ts';
import type { RoundFacts } from './facts.ts';

/** The two seconds that the app allows, and one for the network. */
const MAX_AGE_MS = 3_000;

/**
 * Finds DELETEs that arrived too long after the look-up that allowed them, according to the cluster's log. A session that is
 * deleted without `onlyIfStale` has no look-up.
 */
export function lateDeletes({ sessions, phases }: RoundFacts): string[] {
  const requests = phases.flatMap((phase) => phase.requests);
  return sessions
    .filter(({ role }) => role !== 'explicit')
    .flatMap(({ id, role }) => {
      const own = requests.filter(({ sessionId }) => sessionId === id);
      return own
        .filter(({ operation }) => operation === 'delete')
        .flatMap((deletion) => {
          // A DELETE without any look-up is found by the invariant about sessions that receive chunks.
          const ageMs = ageOfLookUp(own, deletion) ?? 0;
          if (ageMs <= MAX_AGE_MS) return [];
          return [
            `${id} (${role}): the DELETE #${deletion.sequence} arrived ${ageMs} ms after its look-up was answered.`,
          ];
        });
    });
}

/** How long before a DELETE the last look-up was answered, in milliseconds. */
function ageOfLookUp(own: LoggedRequest[], deletion: LoggedRequest): number | undefined {
  const answered = own.flatMap(({ operation, sequence, answeredAtWallClock }) =>
    operation === 'getSession' && sequence < deletion.sequence && answeredAtWallClock !== undefined
      ? [answeredAtWallClock]
      : [],
  );
  return answered.length === 0 ? undefined : deletion.arrivedAtWallClock - Math.max(...answered);
}
