import type { LoggedRequest } from '../../src/local/cluster/requestLog.ts';
import type { RoundFacts } from './facts.ts';
import { MAX_ATTEMPTS } from './testbed.ts';

/**
 * Finds sessions that were charged for a failure that is not their own. Uses the cluster's log, not the app's records.
 *
 * A charge is correct if the image store refused the session with a FabricErrorCode that is about it, and a later probe was answered
 * correctly. One probe allows one charge of a session.
 */
export function wrongCharges({ sessions, phases }: RoundFacts): string[] {
  const ids = new Set<string | undefined>(sessions.map(({ id }) => id));
  return phases.flatMap((phase, index) => {
    const requests = phases.slice(0, index + 1).flatMap((one) => one.requests);
    const probes = requests.filter((request) => !ids.has(request.sessionId) && isGoodProbe(request));
    const where = `in phase ${index + 1} (${phase.kind}: ${phase.faults.join(', ')})`;
    return sessions.flatMap(({ id, role, rowKeys }) => {
      const refusals = requests.filter((request) => request.sessionId === id && isRefusal(request));
      const allowed = chargesAllowed(refusals, probes);
      const isGivenUpCorrectly =
        role === 'noSessionId' ||
        chargesAllowed(
          refusals.filter(({ status }) => status === 400),
          probes,
        ) > 0;
      return phase.rows
        .filter(({ rowKey }) => rowKeys.includes(rowKey))
        .flatMap(({ rowKey, attempts, givenUp }) => [
          ...(attempts > allowed
            ? [`${rowKey} (${role}) was charged ${attempts} times, allowed: ${allowed} ${where}.`]
            : []),
          ...(givenUp && attempts < MAX_ATTEMPTS && !isGivenUpCorrectly
            ? [`${rowKey} (${role}) was given up ${where}, although the image store had not refused it with 400.`]
            : []),
        ]);
    });
  });
}

/** Statuses that are not about a session, even with a FabricErrorCode: credentials, a missing image store, timeouts. */
const NOT_ABOUT_A_SESSION = new Set([401, 403, 404, 408, 502, 504]);

function isRefusal({ status = 0, code, broken }: LoggedRequest): boolean {
  return status >= 400 && Boolean(code) && !NOT_ABOUT_A_SESSION.has(status) && isComplete(broken);
}

function isGoodProbe({ operation, status, code, broken }: LoggedRequest): boolean {
  return operation === 'delete' && status === 404 && code === 'NotFound' && isComplete(broken);
}

const isComplete = (broken: LoggedRequest['broken']): boolean => broken === undefined || broken === 'breakAfterAnswer';

/** The number of probes with a new refusal since the previous probe. */
function chargesAllowed(refusals: LoggedRequest[], probes: LoggedRequest[]): number {
  const probedAt = probes.map(({ arrivedAtWallClock }) => arrivedAtWallClock).toSorted((a, b) => a - b);
  return probedAt.filter((now, n) => {
    const before = probedAt[n - 1] ?? Number.NEGATIVE_INFINITY;
    return refusals.some(({ answeredAtWallClock: at = Number.POSITIVE_INFINITY }) => before < at && at <= now);
  }).length;
}
