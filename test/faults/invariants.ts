import { deletedWhileActive } from './deletedWhileActive.ts';
import { excessiveRequests } from './excessiveRequests.ts';
import type { RoundFacts } from './facts.ts';
import { hiddenFailures, unrecordedFailures, unreportedRows } from './hiddenFailures.ts';
import { emptyAnswers, hostFailures, leakedSecrets } from './hostFailures.ts';
import { lateDeletes } from './lateDeletes.ts';
import { starvedSessions } from './starvedSessions.ts';
import { wrongCharges } from './wrongCharges.ts';

/** The invariants of every round. Each returns the violations: the session, and the evidence. */
const INVARIANTS: Record<string, (facts: RoundFacts) => string[]> = {
  '1 every stale session is gone and has an outcome': remainingSessions,
  '2 no row was removed without an outcome, and no write of an owner was lost': lostRows,
  '3 no session was deleted that was receiving chunks': deletedWhileActive,
  '4 no fresh session and no session of another cluster was requested or changed': touchedSessions,
  '5 no session or cluster received more requests than the tries allow': excessiveRequests,
  '6 no host or worker failed': hostFailures,
  '7 every answer has a JSON body': emptyAnswers,
  '8 no secret was printed, answered or stored': leakedSecrets,
  '9 no guarded DELETE arrives more than three seconds after its look-up was answered': lateDeletes,
  "10 no session is charged for the cluster's failure": wrongCharges,
  '11 a session that always fails is recorded, and charged if the failure is its own': unrecordedFailures,
  '12 no due session waits longer than the sweeps that its partition needs': starvedSessions,
  '13 a row that the storage rejects ends the run in an error that names it': unreportedRows,
  '14 the verdict is not "well" while a stale session fails': hiddenFailures,
};

/** @returns the violations of a round */
export function violations(facts: RoundFacts): string[] {
  return Object.entries(INVARIANTS).flatMap(([name, check]) => check(facts).map((what) => `[${name}] ${what}`));
}

const UNTOUCHED = new Set(['fresh', 'otherCluster']);
const MUST_BE_DELETED = new Set(['abandoned', 'upperCase', 'twoRows', 'notOnCluster', 'explicit']);

function remainingSessions({ sessions, onCluster, outcomes, finalRows }: RoundFacts): string[] {
  const wrong: string[] = [];
  for (const { id, role, rowKeys } of sessions) {
    const recorded = outcomesOf(outcomes, id);
    const left = finalRows.filter(({ rowKey }) => rowKeys.includes(rowKey));
    if (role === 'noSessionId') {
      if (!recorded.includes('invalid'))
        wrong.push(`${id} (${role}) has no outcome "invalid", only ${list(recorded)}.`);
      if (!left[0]?.givenUp) wrong.push(`${id} (${role}) was not given up.`);
    }
    if (!MUST_BE_DELETED.has(role)) continue;
    if (onCluster.has(id)) wrong.push(`${id} (${role}) is still on the cluster; outcomes: ${list(recorded)}.`);
    if (!recorded.some(isFinal))
      wrong.push(`${id} (${role}) has no outcome deleted or notFound, only ${list(recorded)}.`);
    if (left.length > 0) wrong.push(`${id} (${role}) still has a row; outcomes: ${list(recorded)}.`);
  }
  return wrong;
}

function lostRows({ sessions, ownersRows, finalRows, outcomes }: RoundFacts): string[] {
  const wrong: string[] = [];
  const roles = new Map(sessions.map(({ id, role }) => [id, role]));
  for (const { rowKey, sessionId, stale, lastActivity, etag } of ownersRows) {
    const role = roles.get(sessionId);
    const row = finalRows.find((one) => one.rowKey === rowKey);
    const recorded = outcomesOf(outcomes, sessionId);
    if (!row && !recorded.some(isFinal)) {
      wrong.push(`The row ${rowKey} (${role}) was removed; outcomes: ${list(recorded)}.`);
    }
    if (stale || role === 'explicit' || !lastActivity) continue;
    const touched = `its owner updated it at ${lastActivity.toISOString()}`;
    if (!row) wrong.push(`The row ${rowKey} (${role}) was removed although ${touched}; outcomes: ${list(recorded)}.`);
    else if (row.etag !== etag) {
      // An updated row is not stale, so whoever wrote it later had read it before.
      wrong.push(
        `The row ${rowKey} (${role}) was overwritten although ${touched}; it now has ${row.lastActivity?.toISOString()}.`,
      );
    }
  }
  return wrong;
}

function touchedSessions({ sessions, phases, ownersRows, finalRows }: RoundFacts): string[] {
  const wrong: string[] = [];
  const requests = phases.flatMap((phase) => phase.requests);
  for (const { id, role, lastActivity } of sessions.filter(({ role }) => UNTOUCHED.has(role))) {
    const what = `${id} (${role}, lastActivity ${lastActivity})`;
    for (const { operation, sequence } of requests.filter(({ sessionId }) => sessionId === id)) {
      wrong.push(`${what} was requested by ${operation} #${sequence}.`);
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
