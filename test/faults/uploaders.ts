import { setTimeout as wait } from 'node:timers/promises';
import type { TableClient } from '@azure/data-tables';
import type { SessionId } from '../../src/cleanup/model/sessionId.ts';
import type { ByteRange } from '../../src/local/cluster/byteRanges.ts';
import { Upload } from '../../src/local/cluster/uploader.ts';
import { partitionOf, type SessionShards } from '../../src/storage/partitions.ts';
import type { PlannedSession } from './plannedSessions.ts';
import { CLUSTER_NAME } from './testbed.ts';

/** A chunk that the cluster has accepted. */
export interface AcceptedChunk {
  sessionId: string;
  /** When it was answered, by the cluster's clock: milliseconds since 1970. */
  acceptedAt: number;
}

/** A row as its owner wrote it last. */
export interface OwnersRow {
  partitionKey: string;
  rowKey: string;
  sessionId: string;
  /** Whether it then looked stale. */
  stale: boolean;
  /** The value that was written; `undefined` if the column is missing or unreadable. */
  lastActivity: Date | undefined;
  etag: string;
}

/** Old enough that a complete session is stale, and young enough that the cluster keeps it, in milliseconds. */
export const LONG_AGO_MS = 20 * 60_000;
const CHUNK_EVERY_MS = 250;
const CHUNK_BYTES = 256;
const CHUNKS = 500;

/** The clients of the cluster: they upload chunks and write their sessions' rows. */
export class Uploaders {
  /** How far the cluster's clock is ahead of this machine's, in milliseconds. */
  clockOffsetMs = 0;
  readonly chunks: AcceptedChunk[] = [];
  readonly rows = new Map<string, OwnersRow>();
  readonly #gateway: string;
  readonly #table: TableClient;
  readonly #shards: SessionShards;
  readonly #uploads = new Map<string, { upload: Upload; left: ByteRange[] }>();
  readonly #revived = new Set<string>();
  readonly #streams: Promise<void>[] = [];
  readonly #stop = new AbortController();

  constructor(gateway: string, table: TableClient, shards: SessionShards) {
    this.#gateway = gateway;
    this.#table = table;
    this.#shards = shards;
  }

  /** Starts uploads: a few chunks of each, or all. */
  async start(sessions: PlannedSession[]): Promise<void> {
    for (const { id, onCluster } of sessions) {
      const size = CHUNK_BYTES * (onCluster === 'complete' ? 2 : CHUNKS);
      const description = { sessionId: id, storeRelativePath: `Faults/${id}.zip`, fileSizeBytes: size };
      const upload = new Upload(this.#gateway, { ...description, chunkSizeBytes: CHUNK_BYTES });
      this.#uploads.set(id, { upload, left: [...upload.chunks] });
      await this.sendChunk(id);
      await this.sendChunk(id);
    }
  }

  async sendChunk(sessionId: string): Promise<void> {
    const { upload, left } = this.#uploads.get(sessionId) ?? {};
    const next = left?.shift();
    if (!upload || !next) return;
    await upload.uploadChunk(next);
    this.chunks.push({ sessionId, acceptedAt: Date.now() + this.clockOffsetMs });
  }

  /** Sends chunks until the end of the round. */
  keepSending(sessionId: string): void {
    const stream = async () => {
      while (!this.#stop.signal.aborted) {
        await this.sendChunk(sessionId);
        await wait(CHUNK_EVERY_MS, undefined, { signal: this.#stop.signal }).catch(() => {});
      }
    };
    const ended = stream();
    ended.catch(() => {}); // Reported by stop().
    this.#streams.push(ended);
  }

  /** Continues an abandoned upload, like a client that returns: a chunk, then its row. */
  async revive(sessionId: string): Promise<void> {
    await this.sendChunk(sessionId);
    this.keepSending(sessionId);
    await this.#touch(sessionId);
  }

  /** Writes a session's rows for the first time. */
  async register({ id, rowKeys, lastActivity, partition }: PlannedSession): Promise<void> {
    const now = Date.now();
    const written = {
      old: new Date(now - LONG_AGO_MS),
      now: new Date(now),
      missing: undefined,
      unreadable: 'five to twelve',
      inTheFuture: new Date(now + 24 * 3_600_000),
    }[lastActivity];
    for (const rowKey of rowKeys) await this.#write(id, rowKey, written, lastActivity === 'old', partition);
  }

  /** Writes the rows of continued uploads again: a killed storage may have lost them. */
  async touchAgain(): Promise<void> {
    for (const sessionId of this.#revived) await this.#touch(sessionId);
  }

  /** @throws if the cluster rejected a chunk */
  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#streams);
  }

  hasRevived(sessionId: string): boolean {
    return this.#revived.has(sessionId);
  }

  async #touch(sessionId: string): Promise<void> {
    await this.#write(sessionId, sessionId, new Date(), false);
    this.#revived.add(sessionId);
  }

  /** Writes a row, and retries for as long as the storage is unreachable. */
  async #write(
    sessionId: string,
    rowKey: string,
    lastActivity: Date | string | undefined,
    stale: boolean,
    // The partition of a key that is not an id also depends on its first characters.
    partitionKey = partitionOf(CLUSTER_NAME, this.#shards, sessionId as SessionId),
  ) {
    const entity = { partitionKey, rowKey, owner: 'faults', ...(lastActivity ? { lastActivity } : {}) };
    for (let tries = 1; ; tries += 1) {
      try {
        const { etag = '' } = await this.#table.upsertEntity(entity, 'Merge');
        const written = lastActivity instanceof Date ? lastActivity : undefined;
        this.rows.set(rowKey, { partitionKey, rowKey, sessionId, stale, lastActivity: written, etag });
        return;
      } catch (error) {
        if (tries >= 10) throw error;
        await wait(500);
      }
    }
  }
}
