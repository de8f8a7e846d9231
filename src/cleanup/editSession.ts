import type { SessionId } from './model/sessionId.ts';
import type { SessionChange, Settled, TrackedSession } from './model/trackedSession.ts';
import { lastActivityOf, type StaleRules } from './stale.ts';

/** What registering a session and taking one up again need of the world. */
export interface EditPorts {
  findSession(sessionId: SessionId): Promise<TrackedSession | undefined>;
  createSession(sessionId: SessionId, columns: SessionChange): Promise<'created' | 'exists'>;
  changeSession(session: TrackedSession, change: SessionChange): Promise<Settled>;
}

/** The row is written by others all the time, so that a change that must not overwrite found no moment. */
export class RowContendedError extends Error {
  override readonly name = 'RowContendedError';

  constructor(sessionId: SessionId) {
    super(`The row of upload session ${sessionId} is being written by others. Ask again.`);
  }
}

/** What a client may say of its upload session. What it leaves out stays as it is. */
export interface Registration {
  storeRelativePath?: string;
  owner?: string;
  /** The last chunk or heartbeat. */
  lastActivity: Date;
}

const MOST_TRIES = 10;

/**
 * Registers an upload session, or takes the heartbeat of one.
 *
 * The last activity never moves back: heartbeats may arrive in another order than they were sent. One that does not count
 * (unreadable, or in the future) is overwritten. What the sweep has written (attempts, the next one, given up) stays:
 * a heartbeat says that the upload goes on and not that its cleanup would work now.
 *
 * @throws {RowContendedError}, or what the storage threw
 */
export async function registerSession(
  ports: EditPorts,
  sessionId: SessionId,
  registration: Registration,
  now: Date,
  rules: StaleRules,
): Promise<{ session: TrackedSession; created: boolean }> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const row = await ports.findSession(sessionId);
    if (!row) {
      if ((await ports.createSession(sessionId, { ...registration })) === 'exists') continue;
      const unwritten = { partition: '', rowKey: sessionId, etag: '', timestamp: now, attempts: 0, givenUp: false };
      return { session: { ...unwritten, ...registration }, created: true };
    }
    const { at, error } = lastActivityOf(row, now, rules);
    // Of a row without lastActivity its last write counts: a late heartbeat does not move that back either.
    const isLate = !error && at >= registration.lastActivity;
    const change = { ...registration, lastActivity: isLate ? at : registration.lastActivity };
    // Of heartbeats that arrive together all but the last find that nothing is left to write.
    if (isLate && isSame(registration, row)) return { session: row, created: false };
    if ((await ports.changeSession(row, change)) !== 'settled') continue;
    const { unreadableLastActivity, ...readable } = row;
    return { session: { ...readable, ...change }, created: false };
  }
  throw new RowContendedError(sessionId);
}

function isSame({ storeRelativePath, owner }: Registration, row: TrackedSession): boolean {
  const samePath = storeRelativePath === undefined || storeRelativePath === row.storeRelativePath;
  return samePath && (owner === undefined || owner === row.owner);
}

/**
 * Takes up a session again that was given up or waits for its next attempt: it is due at once, with all its attempts
 * before it. What failed last stays written in the row until the next outcome.
 *
 * @returns the row as it is then; none: there is no row. A session that is due anyway is left as it is
 * @throws {RowContendedError}, or what the storage threw
 */
export async function retrySession(
  ports: EditPorts,
  sessionId: SessionId,
  now: Date,
  rules: StaleRules,
): Promise<TrackedSession | undefined> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const row = await ports.findSession(sessionId);
    if (!row) return undefined;
    const waits = row.nextAttemptAt !== undefined && row.nextAttemptAt > now;
    if (!row.givenUp && !waits) return row;
    // A write moves the row's own Timestamp, which would make a row without lastActivity look alive. A column can't be
    // removed without knowing all others, so the next attempt is put to now.
    const lastActivity = lastActivityOf(row, now, rules).at;
    const change = { lastActivity, givenUp: false, attempts: 0, nextAttemptAt: now };
    if ((await ports.changeSession(row, change)) === 'settled') return { ...row, ...change };
  }
  throw new RowContendedError(sessionId);
}
