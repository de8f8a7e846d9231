import type { FaultRule, ScriptedAnswer } from '../../src/local/cluster/faultRule.ts';
import type { RandomChoices } from './randomChoices.ts';

/** What happens to an upload, and what the app must do with its session. */
export type Role =
  /** Abandoned by its uploader: must be deleted. */
  | 'abandoned'
  /** The same, with a row key in upper case. */
  | 'upperCase'
  /** The same, with two rows: one in upper and one in lower case. */
  | 'twoRows'
  /** A row of a session that is not on the cluster: must be removed. */
  | 'notOnCluster'
  /** A row whose key is not a session id: must be given up. */
  | 'noSessionId'
  /** The cluster always rejects its deletion: must be charged, and stay. */
  | 'failing'
  /** Each DELETE of it gets an answer that is not about it: must not be charged, and stay. */
  | 'blocked'
  /** Its row looks stale, but it receives chunks: must stay. */
  | 'active'
  /** The same, and the storage rejects changes of its row. */
  | 'unwritable'
  /** Stale until its uploader continues during a sweep, and updates its row. */
  | 'revived'
  /** A stale row of another cluster in the same table: must not be touched at all. */
  | 'otherCluster'
  /** Not stale: must not be touched at all. */
  | 'fresh'
  /** Deleted by a request without `onlyIfStale`, in any state. */
  | 'explicit';

/** The last activity in a session's row. */
export type LastActivity = 'old' | 'now' | 'missing' | 'unreadable' | 'inTheFuture';

export interface PlannedSession {
  /** In lower case; a key that is not a session id is unchanged. */
  id: string;
  role: Role;
  /** Empty if it is not registered. */
  rowKeys: string[];
  lastActivity: LastActivity;
  /** `complete`: old, with all its chunks. */
  onCluster: 'old' | 'complete' | 'young' | 'unknown';
  /** The partition of its rows, if it is not one of the app's. */
  partition?: string;
  /** The answer to every DELETE, if it always fails. */
  refusal?: ScriptedAnswer;
}

/** Answers of the image store about the session. */
const REFUSALS: ScriptedAnswer[] = [
  { status: 400, code: 'E_INVALIDARG' },
  { status: 409, code: 'FABRIC_E_IMAGESTORE_IOERROR' },
  { status: 500, code: 'E_FAIL' },
  { status: 503, code: 'FABRIC_E_SERVICE_TOO_BUSY' },
];

/** Answers of a proxy, HTTP.sys, the gateway's access check, and of a busy or missing image store. */
const BLOCKS: ScriptedAnswer[] = [
  { status: 400, contentType: 'text/html', body: '<h1>Bad Request - Invalid URL</h1>' },
  { status: 403, contentType: 'text/html', body: '<h1>Blocked by the web application firewall</h1>' },
  { status: 403 },
  { status: 404, contentType: 'text/html', body: '<h1>Not Found</h1>' },
  { status: 404, code: 'FABRIC_E_SERVICE_DOES_NOT_EXIST' },
  { status: 409 },
  { status: 502, contentType: 'text/html', body: '<h1>Bad Gateway</h1>' },
  { status: 504, code: 'FABRIC_E_TIMEOUT' },
];

/** Cluster names that start with the app's name, are a part of it, differ in case, or look like its partitions. */
const OTHER_CLUSTERS = ['default-2', 'defaul', 'DEFAULT', 'default-2~f', 'default2~00'];

/** The error codes with which the storage rejects changes of rows near its limits, by row key. */
export function refusedChanges(sessions: readonly PlannedSession[]): Map<string, string> {
  const rowKeys = sessions.filter(({ role }) => role === 'unwritable').flatMap((session) => session.rowKeys);
  return new Map(rowKeys.map((rowKey, n) => [rowKey, n % 2 === 0 ? 'TooManyProperties' : 'EntityTooLarge']));
}

/** The fault rules of the sessions that always fail. */
export function rulesOfSessions(sessions: readonly PlannedSession[]): FaultRule[] {
  return sessions.flatMap(({ id, role, refusal }) =>
    refusal ? [{ name: role, operation: 'delete', sessionId: id, answer: refusal }] : [],
  );
}

/**
 * The sessions of one round, of every kind.
 *
 * @param prefix - hex digits that start every id; with many shards, many empty partitions come before them
 */
export function planSessions(random: RandomChoices, prefix = ''): PlannedSession[] {
  const counts: [Role, number][] = [
    ['abandoned', random.between(20, 40)],
    ['upperCase', random.between(1, 2)],
    ['twoRows', random.between(0, 2)],
    ['notOnCluster', random.between(1, 3)],
    ['noSessionId', random.between(0, 2)],
    ['failing', random.between(0, 6)],
    ['blocked', random.between(0, 3)],
    ['active', random.between(2, 4)],
    // A run names the first row that it could not write, so there is one at most.
    ['unwritable', random.between(0, 1)],
    ['otherCluster', random.between(1, 3)],
    ['revived', random.between(4, 8)],
    ['fresh', random.between(3, 5)],
    ['explicit', random.between(1, 3)],
  ];
  return counts.flatMap(([role, count]) => Array.from({ length: count }, () => planSession(role, random, prefix)));
}

function planSession(role: Role, random: RandomChoices, prefix: string): PlannedSession {
  const id = prefix + random.guid().slice(prefix.length);
  const stale = { id, role, rowKeys: [id], lastActivity: 'old', onCluster: 'old' } as const satisfies PlannedSession;
  switch (role) {
    case 'abandoned':
      return { ...stale, onCluster: random.chance(0.2) ? 'complete' : 'old' };
    case 'upperCase':
      return { ...stale, rowKeys: [id.toUpperCase()] };
    case 'twoRows':
      return { ...stale, rowKeys: [id, id.toUpperCase()] };
    case 'notOnCluster':
      return { ...stale, onCluster: 'unknown' };
    case 'noSessionId':
      // Starts like a session id, so that it is in a partition that is swept.
      return {
        ...stale,
        id: `${id.slice(0, 8)}-package`,
        rowKeys: [`${id.slice(0, 8)}-package`],
        onCluster: 'unknown',
      };
    case 'failing':
      return { ...stale, refusal: random.pick(REFUSALS) };
    case 'blocked':
      return { ...stale, refusal: random.pick(BLOCKS) };
    case 'otherCluster':
      return { ...stale, partition: random.pick(OTHER_CLUSTERS), onCluster: random.pick(['old', 'unknown']) };
    case 'active':
    case 'unwritable':
      return { ...stale, onCluster: 'young' };
    case 'revived':
      return stale;
    case 'fresh':
      return {
        ...stale,
        onCluster: 'young',
        lastActivity: random.pick(['now', 'now', 'missing', 'unreadable', 'inTheFuture']),
      };
    case 'explicit':
      return {
        ...stale,
        onCluster: random.pick(['old', 'young', 'unknown']),
        rowKeys: random.chance(0.7) ? [id] : [],
        lastActivity: random.pick(['old', 'now']),
      };
  }
}
