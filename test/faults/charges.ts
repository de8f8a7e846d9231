import type { LoggedRequest } from '../../src/local/cluster/requestLog.ts';
import type { RoundFacts, RowState } from './facts.ts';
import { MAX_ATTEMPTS } from './world.ts';

/**
 * Finds sessions that were charged for a failure that is not their own, by the cluster's log, independent of the app's records.
 *
 * A charge is right when the image store itself refused the session, by a FabricErrorCode that is about it, and a probe that began
 * after that was answered as it must be. One probe judges a session once.
 */
export function chargedForTheCluster({ sessions, phases }: RoundFacts): string[] {
  const ids = new Set<string | undefined>(sessions.map(({ id }) => id));
  return phases.flatMap((phase, index) => {
    const requests = phases.slice(0, index + 1).flatMap((one) => one.requests);
    const probes = requests.filter((request) => !ids.has(request.sessionId) && isGoodProbe(request));
    const where = `in phase ${index + 1} (${phase.kind}: ${phase.faults.join(', ')})`;
    return sessions.flatMap(({ id, role, rowKeys }) => {
      const refusals = requests.filter((request) => request.sessionId === id && isRefusal(request));
      const right = judged(refusals, probes);
      const givenUpRightly =
        role === 'noSessionId' ||
        judged(
          refusals.filter(({ status }) => status === 400),
          probes,
        ) > 0;
      return rowsOf(phase.rows, rowKeys).flatMap(({ rowKey, attempts, givenUp }) => [
        ...(attempts > right
          ? [`${rowKey} (${role}) was charged ${attempts} times, and ${right} are right ${where}.`]
          : []),
        ...(givenUp && attempts < MAX_ATTEMPTS && !givenUpRightly
          ? [`${rowKey} (${role}) was given up ${where}, and the image store had not refused it with 400.`]
          : []),
      ]);
    });
  });
}

/** Finds sessions that always fail without a record, and those whose own failures are not charged. */
export function silentFailures({ sessions, phases, outcomes }: RoundFacts): string[] {
  const rows = phases.at(-1)?.rows ?? [];
  return sessions
    .filter(({ role }) => role === 'failing' || role === 'blocked')
    .flatMap(({ id, role, rowKeys }) => {
      const isRecorded = outcomes.some(({ sessionId, outcome }) => sessionId === id && outcome === 'failed');
      const isCharged = rowsOf(rows, rowKeys).every(({ attempts, givenUp }) => attempts > 0 || givenUp);
      return [
        ...(isRecorded ? [] : [`${id} (${role}) has no outcome failed.`]),
        ...(isCharged || role === 'blocked' ? [] : [`${id} (${role}) was never charged.`]),
      ];
    });
}

const rowsOf = (rows: RowState[], rowKeys: string[]) => rows.filter(({ rowKey }) => rowKeys.includes(rowKey));

/** Answers that are not about a session, even with a FabricErrorCode: credentials, a missing image store, timeouts. */
const NOT_OF_A_SESSION = new Set([401, 403, 404, 408, 502, 504]);

function isRefusal({ status = 0, code, broken }: LoggedRequest): boolean {
  return status >= 400 && Boolean(code) && !NOT_OF_A_SESSION.has(status) && isWhole(broken);
}

function isGoodProbe({ operation, status, code, broken }: LoggedRequest): boolean {
  return operation === 'delete' && status === 404 && code === 'NotFound' && isWhole(broken);
}

const isWhole = (broken: LoggedRequest['broken']): boolean => broken === undefined || broken === 'breakAfterAnswer';

/** The number of probes with a new refusal since the probe before. */
function judged(refusals: LoggedRequest[], probes: LoggedRequest[]): number {
  const begun = probes.map(({ arrivedAtWallClock }) => arrivedAtWallClock).toSorted((a, b) => a - b);
  return begun.filter((now, n) => {
    const before = begun[n - 1] ?? Number.NEGATIVE_INFINITY;
    return refusals.some(({ answeredAtWallClock: at = Number.POSITIVE_INFINITY }) => before < at && at <= now);
  }).length;
}
