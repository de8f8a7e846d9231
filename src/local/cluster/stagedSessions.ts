import { type ByteRange, missingRanges } from './byteRanges.ts';
import type { ClusterClock } from './clusterClock.ts';

const MINUTE_MS = 60_000;
/** FileStoreService/UploadSessionTimeout: the next check drops a session without a chunk for this long. */
const SESSION_TIMEOUT_MS = 30 * MINUTE_MS;
/** FileStoreService/ProcessPendingCleanupInterval: the time between two checks. */
const CHECK_INTERVAL_MS = 5 * MINUTE_MS;

/** A chunk in the staging folder. It stays there after its session's commit, until the session is deleted or expires. */
export interface StagedChunk extends ByteRange {
  /** Full path of the chunk's file. */
  file: string;
  bytes: number;
}

/** One upload session in the memory of the image store's primary replica. */
export interface StagedSession {
  /** Lower case. */
  readonly id: string;
  readonly storeRelativePath: string;
  readonly fileSizeBytes: number;
  /** When the last chunk was accepted, by the cluster's clock (milliseconds since 1970). */
  modifiedAt: number;
  /** Sorted by position. */
  readonly chunks: StagedChunk[];
}

/** The ranges that a session has not received. */
export function missingOf(session: StagedSession): ByteRange[] {
  return missingRanges(session.chunks, session.fileSizeBytes);
}

/**
 * The session map of the image store's primary replica. It is in memory only, so a failover loses it.
 *
 * @see uploadsessionmap.cpp of microsoft/service-fabric
 */
export class StagedSessions {
  readonly #byId = new Map<string, StagedSession>();
  readonly #clock: ClusterClock;
  /** When the next check is due, on the monotonic clock; `undefined` if there is no session. */
  #nextCheckAt: number | undefined;

  constructor(clock: ClusterClock) {
    this.#clock = clock;
  }

  find(id: string): StagedSession | undefined {
    return this.#byId.get(id);
  }

  ofPath(storeRelativePath: string): StagedSession[] {
    return [...this.#byId.values()].filter((session) => session.storeRelativePath === storeRelativePath);
  }

  all(): StagedSession[] {
    return [...this.#byId.values()];
  }

  /** Adds a chunk with a missing range. The first chunk creates the session. */
  addChunk(described: Pick<StagedSession, 'id' | 'storeRelativePath' | 'fileSizeBytes'>, chunk: StagedChunk): void {
    this.#scheduleCheck();
    const session = this.#byId.get(described.id) ?? { ...described, modifiedAt: 0, chunks: [] };
    const behind = session.chunks.findLastIndex((other) => other.start < chunk.start);
    session.chunks.splice(behind + 1, 0, chunk);
    session.modifiedAt = this.#clock.now();
    this.#byId.set(described.id, session);
  }

  /** Adds a session of this age without chunks. */
  add(described: Pick<StagedSession, 'id' | 'storeRelativePath' | 'fileSizeBytes'>, ageMs: number): void {
    this.#scheduleCheck();
    this.#byId.set(described.id, { ...described, modifiedAt: this.#clock.now() - ageMs, chunks: [] });
  }

  /** The first check is due a whole timeout after the map was empty, the next ones at their interval. */
  #scheduleCheck(): void {
    if (this.#byId.size === 0) this.#nextCheckAt = this.#clock.elapsed() + SESSION_TIMEOUT_MS;
  }

  /** Removes a session from the map. The caller must remove its chunk files. */
  remove(id: string): StagedSession | undefined {
    const session = this.#byId.get(id);
    this.#byId.delete(id);
    return session;
  }

  /** Removes all sessions from the map. */
  removeAll(): StagedSession[] {
    const sessions = this.all();
    this.#byId.clear();
    return sessions;
  }

  /** Runs the checks that are due, each as of its own time, and removes the sessions that they drop. */
  removeExpired(): StagedSession[] {
    const dropped: StagedSession[] = [];
    while (this.#nextCheckAt !== undefined && this.#nextCheckAt <= this.#clock.elapsed()) {
      const agoMs = this.#clock.elapsed() - this.#nextCheckAt;
      const checkedAt = this.#clock.now() - agoMs;
      for (const session of this.#byId.values()) {
        if (session.modifiedAt + SESSION_TIMEOUT_MS > checkedAt) continue;
        this.#byId.delete(session.id);
        dropped.push(session);
      }
      this.#nextCheckAt = this.#byId.size === 0 ? undefined : this.#nextCheckAt + CHECK_INTERVAL_MS;
    }
    return dropped;
  }
}
