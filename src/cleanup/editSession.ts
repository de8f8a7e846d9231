import type { SessionId } from './model/sessionId.ts';
import type { SessionChange, Settled, TrackedSession } from './model/trackedSession.ts';
import { lastActivityOf, type StaleRules } from './stale.ts';

/** What registering and retrying a session depend on. */
export interface EditPorts {
  findSession(sessionId: SessionId): Promise<TrackedSession | undefined>;
  createSession(sessionId: SessionId, columns: SessionChange): Promise<'created' | 'exists'>;
  changeSession(session: TrackedSession, change: SessionChange): Promise<Settled>;
}

/** Other clients write the row so often that it could not be changed without overwriting their changes. */
export class RowContendedError extends Error {
  override readonly name = 'RowContendedError';

  constructor(sessionId: SessionId) {
    super(`The row of upload session ${sessionId} is being written by others. Retry.`);
  }
}

/** What a client reports about its upload session. Columns left out stay unchanged. */
export interface Registration {
  storeRelativePath?: string;
  owner?: string;
  /** The last chunk or heartbeat. */
  lastActivity: Date;
}

const MAX_TRIES = 10;

/**
 * Registers an upload session, or records its heartbeat.
 *
 * The last activity never moves back, since heartbeats may arrive out of order. Only one that does not count (unreadable, or in the
 * future) is overwritten by an earlier one. What the sweep wrote (attempts, next attempt, given up) stays: a heartbeat says that
 * the upload continues, not that a cleanup would succeed now.
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
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const row = await ports.findSession(sessionId);
    if (!row) {
      if ((await ports.createSession(sessionId, { ...registration })) === 'exists') continue;
      const unwritten = { partition: '', rowKey: sessionId, etag: '', timestamp: now, attempts: 0, givenUp: false };
      return { session: { ...unwritten, ...registration }, created: true };
    }
    const { at, error } = lastActivityOf(row, now, rules);
    // In a row without lastActivity its last write counts. A late heartbeat does not move that back either.
    const isLate = !error && at >= registration.lastActivity;
    const change = { ...registration, lastActivity: isLate ? at : registration.lastActivity };
    // Of several heartbeats that arrive together, only the latest needs a write.
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
 * Retries a session that was given up or waits for its next attempt: it becomes due at once, with its attempts reset to 0. The last
 * error stays in the row until the next outcome. Any other session stays unchanged.
 *
 * @returns the row as it is now; `undefined` if the session has no row
 * @throws {RowContendedError}, or what the storage threw
 */
export async function retrySession(
  ports: EditPorts,
  sessionId: SessionId,
  now: Date,
  rules: StaleRules,
): Promise<TrackedSession | undefined> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const row = await ports.findSession(sessionId);
    if (!row) return undefined;
    const waits = row.nextAttemptAt !== undefined && row.nextAttemptAt > now;
    if (!row.givenUp && !waits) return row;
    // A write moves the row's own Timestamp, which would make a row without lastActivity look active, so lastActivity is written
    // too. A column cannot be removed without knowing all others, so nextAttemptAt becomes now.
    const lastActivity = lastActivityOf(row, now, rules).at;
    const change = { lastActivity, givenUp: false, attempts: 0, nextAttemptAt: now };
    if ((await ports.changeSession(row, change)) === 'settled') return { ...row, ...change };
  }
  throw new RowContendedError(sessionId);
}
