import type { LoggedRequest } from '../../src/local/cluster/requestLog.ts';
import type { RoundFacts } from './facts.ts';

/** Two seconds by the app's rule, and one for the network. */
const LONGEST_MS = 3_000;

/**
 * Finds DELETEs that came too long after the look-up that allowed them, by the cluster's log. A session
 * that is deleted on plain request has no look-up.
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
          const ageMs = ageOfLook(own, deletion) ?? 0;
          if (ageMs <= LONGEST_MS) return [];
          return [
            `${id} (${role}): the DELETE #${deletion.sequence} arrived ${ageMs} ms after its look-up was answered.`,
          ];
        });
    });
}

/** How long before a DELETE the last look-up was answered, in milliseconds. */
function ageOfLook(own: LoggedRequest[], deletion: LoggedRequest): number | undefined {
  const answered = own.flatMap(({ operation, sequence, answeredAtWallClock }) =>
    operation === 'getSession' && sequence < deletion.sequence && answeredAtWallClock !== undefined
      ? [answeredAtWallClock]
      : [],
  );
  return answered.length === 0 ? undefined : deletion.arrivedAtWallClock - Math.max(...answered);
}
