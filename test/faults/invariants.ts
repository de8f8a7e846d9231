import { chargedForTheCluster, silentFailures } from './charges.ts';
import { deletedAlive } from './deletedAlive.ts';
import type { RoundFacts } from './facts.ts';
import { accusationsOfHammering } from './hammering.ts';
import { hostFaults, leakedSecrets, speechlessAnswers } from './hostFaults.ts';
import { lateDeletes } from './lateDeletes.ts';
import { longWaits, unnamedRows, wellThoughFailing } from './starving.ts';

/** The invariants of every round. Each returns the violations: the session, and the evidence. */
export const INVARIANTS: Record<string, (facts: RoundFacts) => string[]> = {
  '1 every stale session is gone and has an outcome': staleLeft,
  '2 no row vanished without an outcome, and no write of an owner was lost': vanishedRows,
  '3 no session was deleted that was receiving chunks': deletedAlive,
  '4 no fresh session, and none of another cluster, was touched': touchedFresh,
  '5 nobody hammered': accusationsOfHammering,
  '6 no host failed by itself': hostFaults,
  '7 every answer says something': speechlessAnswers,
  '8 no secret came out': leakedSecrets,
  '9 no guarded DELETE arrives more than three seconds after its look-up was answered': lateDeletes,
  "10 no session is charged for the cluster's failure": chargedForTheCluster,
  '11 a session that always fails is recorded, and charged if it is its own failure': silentFailures,
  '12 no due session waits longer than the sweeps that its partition needs': longWaits,
  '13 a row that the storage refuses to change ends the run in an error that names it': unnamedRows,
  '14 the verdict is never "well" while a stale session fails': wellThoughFailing,
};

/** @returns the violations of a round */
export function violations(facts: RoundFacts): string[] {
  return Object.entries(INVARIANTS).flatMap(([name, check]) => check(facts).map((what) => `[${name}] ${what}`));
}

const UNTOUCHED = new Set(['fresh', 'neighbour']);
const MUST_GO = new Set(['abandoned', 'upperCase', 'twice', 'forgotten', 'explicit']);

export function staleLeft({ sessions, onCluster, outcomes, finalRows }: RoundFacts): string[] {
  const wrong: string[] = [];
  for (const { id, role, rowKeys } of sessions) {
    const recorded = outcomesOf(outcomes, id);
    const left = finalRows.filter(({ rowKey }) => rowKeys.includes(rowKey));
    if (role === 'noSessionId') {
      if (!recorded.includes('invalid'))
        wrong.push(`${id} (${role}) has no outcome "invalid", only ${list(recorded)}.`);
      if (!left[0]?.givenUp) wrong.push(`${id} (${role}) was not given up.`);
    }
    if (!MUST_GO.has(role)) continue;
    if (onCluster.has(id)) wrong.push(`${id} (${role}) is still on the cluster; outcomes: ${list(recorded)}.`);
    if (!recorded.some(isFinal))
      wrong.push(`${id} (${role}) has no outcome deleted or notFound, only ${list(recorded)}.`);
    if (left.length > 0) wrong.push(`${id} (${role}) still has a row; outcomes: ${list(recorded)}.`);
  }
  return wrong;
}

export function vanishedRows({ sessions, ownersRows, finalRows, outcomes }: RoundFacts): string[] {
  const wrong: string[] = [];
  const roles = new Map(sessions.map(({ id, role }) => [id, role]));
  for (const { rowKey, sessionId, stale, lastActivity, etag } of ownersRows) {
    const role = roles.get(sessionId);
    const row = finalRows.find((one) => one.rowKey === rowKey);
    const recorded = outcomesOf(outcomes, sessionId);
    if (!row && !recorded.some(isFinal)) {
      wrong.push(`The row ${rowKey} (${role}) vanished; outcomes: ${list(recorded)}.`);
    }
    if (stale || role === 'explicit' || !lastActivity) continue;
    const touched = `its owner touched it at ${lastActivity.toISOString()}`;
    if (!row) wrong.push(`The row ${rowKey} (${role}) vanished though ${touched}; outcomes: ${list(recorded)}.`);
    else if (row.etag !== etag) {
      // An updated row is not stale, so whoever wrote it later had read it before.
      wrong.push(
        `The row ${rowKey} (${role}) was overwritten though ${touched}; it says ${row.lastActivity?.toISOString()}.`,
      );
    }
  }
  return wrong;
}

export function touchedFresh({ sessions, phases, ownersRows, finalRows }: RoundFacts): string[] {
  const wrong: string[] = [];
  const requests = phases.flatMap((phase) => phase.requests);
  for (const { id, role, lastActivity } of sessions.filter(({ role }) => UNTOUCHED.has(role))) {
    const what = `${id} (${role}, lastActivity ${lastActivity})`;
    for (const { operation, sequence } of requests.filter(({ sessionId }) => sessionId === id)) {
      wrong.push(`${what} was met by the request ${operation} #${sequence}.`);
    }
    for (const { rowKey, etag } of ownersRows.filter(({ sessionId }) => sessionId === id)) {
      const row = finalRows.find((one) => one.rowKey === rowKey);
      if (row?.etag !== etag) wrong.push(`${what}: its row was ${row ? 'written' : 'removed'}.`);
    }
  }
  return wrong;
}

function outcomesOf(outcomes: RoundFacts['outcomes'], id: string): string[] {
  return outcomes.filter(({ sessionId }) => sessionId === id).map(({ outcome }) => outcome);
}

const isFinal = (outcome: string): boolean => outcome === 'deleted' || outcome === 'notFound';

const list = (recorded: string[]): string => (recorded.length > 0 ? recorded.join(', ') : 'none');
