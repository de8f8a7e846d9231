import { randomUUID } from 'node:crypto';
import type { TableClient } from '@azure/data-tables';
import { openTable } from '../../../src/storage/table.ts';
import { runPeer } from '../peerProcess.ts';
import type { World } from '../world.ts';
import { fillShard } from './fill.ts';
import type { SweepUsage } from './peerMain.ts';
import { PARTITION, type SweepJob } from './sweepJob.ts';

const HOUR_MS = 3_600_000;

/** What one sweep finds. */
export interface Scene {
  peer: SweepJob['peer'];
  stale: number;
  fresh: number;
  latencyMs: number;
  concurrency: number;
  /** The limit of V8's heap; if missing, V8 chooses by the memory of the machine. */
  heapMiB?: number;
}

/** A sweep as its own process and the cluster saw it. */
export interface Swept extends SweepUsage {
  stale: number;
  gets: number;
  deletes: number;
}

/**
 * Has a peer sweep tables of its own.
 *
 * @param via - a connection string for the peer, if it is not to use the emulator's own
 * @throws when not exactly the stale sessions were deleted, or when one of their rows is still there as it was
 */
export async function play(scene: Scene, { cluster, storage }: World, via: string = storage): Promise<Swept> {
  const suffix = randomUUID().replaceAll('-', '');
  const tables = { sessions: `s${suffix}`, outcomes: `o${suffix}`, runs: `r${suffix}` };
  const open = (name: string) => openTable({ connectionString: storage }, name);
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
    return { ...usage, stale: scene.stale, gets, deletes };
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
