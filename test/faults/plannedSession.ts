import type { Dice } from './dice.ts';

/** What becomes of a session's upload, and so what the app must do with it. */
export type Role =
  /** Given up by its uploader: must go. */
  | 'abandoned'
  /** The same, with a row key in upper case. */
  | 'upperCase'
  /** The same, with two rows: one in upper and one in lower case. */
  | 'twice'
  /** A row of a session that the cluster doesn't know: must go. */
  | 'forgotten'
  /** A row whose key is no session id: must be given up. */
  | 'noSessionId'
  /** Its row looks stale, but chunks keep coming: must stay. */
  | 'active'
  /** Stale until its uploader goes on with it in the middle of a sweep, and touches its row. */
  | 'revived'
  /** Not stale by any sign: must not be touched at all. */
  | 'fresh'
  /** Deleted by a plain HTTP call, whatever it is doing. */
  | 'explicit';

/** What a row says of its session's last activity. */
export type LastActivity = 'old' | 'now' | 'missing' | 'unreadable' | 'inTheFuture';

export interface PlannedSession {
  /** In lower case; what is no session id as it stands. */
  id: string;
  role: Role;
  /** None: nobody registered it. */
  rowKeys: string[];
  lastActivity: LastActivity;
  /** `complete`: old, with all its chunks. */
  onCluster: 'old' | 'complete' | 'young' | 'unknown';
}

/** The sessions of one round, of every kind. */
export function planSessions(dice: Dice): PlannedSession[] {
  const counts: [Role, number][] = [
    ['abandoned', dice.between(20, 40)],
    ['upperCase', dice.between(1, 2)],
    ['twice', dice.between(0, 2)],
    ['forgotten', dice.between(1, 3)],
    ['noSessionId', dice.between(0, 2)],
    ['active', dice.between(2, 4)],
    ['revived', dice.between(4, 8)],
    ['fresh', dice.between(3, 5)],
    ['explicit', dice.between(1, 3)],
  ];
  return counts.flatMap(([role, count]) => Array.from({ length: count }, () => planSession(role, dice)));
}

function planSession(role: Role, dice: Dice): PlannedSession {
  const id = dice.guid();
  const stale = { id, role, rowKeys: [id], lastActivity: 'old', onCluster: 'old' } as const satisfies PlannedSession;
  switch (role) {
    case 'abandoned':
      return { ...stale, onCluster: dice.chance(0.2) ? 'complete' : 'old' };
    case 'upperCase':
      return { ...stale, rowKeys: [id.toUpperCase()] };
    case 'twice':
      return { ...stale, rowKeys: [id, id.toUpperCase()] };
    case 'forgotten':
      return { ...stale, onCluster: 'unknown' };
    case 'noSessionId':
      // Begins as a session id would, so that it lies in a partition that is swept.
      return {
        ...stale,
        id: `${id.slice(0, 8)}-package`,
        rowKeys: [`${id.slice(0, 8)}-package`],
        onCluster: 'unknown',
      };
    case 'active':
      return { ...stale, onCluster: 'young' };
    case 'revived':
      return stale;
    case 'fresh':
      return {
        ...stale,
        onCluster: 'young',
        lastActivity: dice.pick(['now', 'now', 'missing', 'unreadable', 'inTheFuture']),
      };
    case 'explicit':
      return {
        ...stale,
        onCluster: dice.pick(['old', 'young', 'unknown']),
        rowKeys: dice.chance(0.7) ? [id] : [],
        lastActivity: dice.pick(['old', 'now']),
      };
  }
}
