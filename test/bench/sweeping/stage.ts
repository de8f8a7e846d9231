import { randomUUID } from 'node:crypto';
import type { TableClient } from '@azure/data-tables';
import { openTable } from '../../../src/storage/table.ts';
import { runPeer } from '../peerProcess.ts';
import { type Cluster, type Storage, startCluster, startStorage } from '../world.ts';
import { fillShard } from './fill.ts';
import type { SweepUsage } from './peerMain.ts';
import { PARTITION, type SweepJob } from './sweepJob.ts';

const HOUR_MS = 3_600_000;

/** What one sweep is to meet. */
export interface Scene {
  peer: SweepJob['peer'];
  stale: number;
  fresh: number;
  latencyMs: number;
  concurrency: number;
  /** Most of V8's heap; none: what V8 itself thinks right for this machine. */
  heapMiB?: number;
}

/** A sweep as its own process and the cluster have seen it. */
export interface Swept extends SweepUsage {
  gets: number;
  deletes: number;
}

/** The cluster and the storage on which sweeps are measured. */
export interface Stage {
  /**
   * Has a peer sweep tables of its own.
   *
   * @param via - where it is to find the tables, when not where they are
   * @throws when not every stale session was deleted, and no other, or its row is still there as it was
   */
  play(scene: Scene, via?: string): Promise<Swept>;
  storage: Storage;
  stop(): Promise<void>;
}

export async function openStage(): Promise<Stage> {
  const [cluster, storage] = await Promise.all([startCluster(), startStorage()]);
  return {
    storage,
    play: (scene, via) => play(scene, cluster, storage, via ?? storage.connectionString),
    stop: async () => {
      await Promise.all([cluster.stop(), storage.process.stop()]);
    },
  };
}

async function play(scene: Scene, cluster: Cluster, storage: Storage, via: string): Promise<Swept> {
  const suffix = randomUUID().replaceAll('-', '');
  const tables = { sessions: `s${suffix}`, outcomes: `o${suffix}`, runs: `r${suffix}` };
  const open = (name: string) => openTable({ connectionString: storage.connectionString }, name);
  const all = Object.values(tables).map(open);
  const sessions = open(tables.sessions);
  await Promise.all(all.map((table) => table.createTable()));
  try {
    const stale = Array.from({ length: scene.stale }, () => randomUUID());
    const fresh = Array.from({ length: scene.fresh }, () => randomUUID());
    await fillShard(sessions, PARTITION, stale, new Date(Date.now() - HOUR_MS));
    await fillShard(sessions, PARTITION, fresh, new Date());
    await cluster.reset(stale, scene.latencyMs);
    const { peer, concurrency, heapMiB } = scene;
    const job: SweepJob = { peer, concurrency, endpoint: cluster.endpoint, connectionString: via, tables };
    const limit = heapMiB === undefined ? [] : [`--max-old-space-size=${heapMiB}`];
    const usage = await runPeer<SweepUsage>(new URL('./peerMain.ts', import.meta.url), job, limit);

    const { gets, deletes, sessionsLeft } = await cluster.counts();
    const rowsLeft = await untouchedRows(sessions);
    if (deletes < scene.stale || sessionsLeft !== 0 || rowsLeft !== scene.fresh || gets < scene.stale) {
      const seen = JSON.stringify({ gets, deletes, sessionsLeft, rowsLeft });
      throw new Error(`The sweep "${peer}" has not done its work: ${seen} of ${JSON.stringify(scene)}`);
    }
    return { ...usage, gets, deletes };
  } finally {
    await Promise.all(all.map((table) => table.deleteTable()));
  }
}

/** Rows that nobody has removed or marked as deleted. */
async function untouchedRows(table: TableClient): Promise<number> {
  let rows = 0;
  for await (const row of table.listEntities<{ deletedAt?: Date }>({
    queryOptions: { select: ['RowKey', 'deletedAt'] },
  })) {
    if (!row.deletedAt) rows += 1;
  }
  return rows;
}
