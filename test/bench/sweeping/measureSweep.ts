import { randomUUID } from 'node:crypto';
import type { TableClient } from '@azure/data-tables';
import { openTable } from '../../../src/storage/table.ts';
import { runPeer } from '../peerProcess.ts';
import type { Testbed } from '../testbed.ts';
import type { SweepUsage } from './peerMain.ts';
import { registerSessions } from './registerSessions.ts';
import { PARTITION, type SweepJob } from './sweepJob.ts';

const HOUR_MS = 3_600_000;

/** A sweep to measure, and the rows that it finds. */
export interface SweepCase {
  peer: SweepJob['peer'];
  stale: number;
  fresh: number;
  latencyMs: number;
  concurrency: number;
  /** The limit of V8's whole heap, which its parts are sized by; by default V8 chooses it by the memory of the machine. */
  heapMiB?: number;
}

/** What the process of a sweep and the cluster measured. */
export interface MeasuredSweep extends SweepUsage {
  stale: number;
  gets: number;
  deletes: number;
}

/**
 * Lets a peer sweep its own tables.
 *
 * @param via - the connection string for the peer; by default the emulator's own
 * @throws if not exactly the stale sessions were deleted, or if one of their rows is unchanged
 */
export async function measureSweep(
  sweepCase: SweepCase,
  { cluster, storage }: Testbed,
  via: string = storage,
): Promise<MeasuredSweep> {
  const suffix = randomUUID().replaceAll('-', '');
  const tables = { sessions: `s${suffix}`, outcomes: `o${suffix}`, runs: `r${suffix}` };
  const open = (name: string) => openTable({ connectionString: storage }, name);
  const all = Object.values(tables).map(open);
  const sessions = open(tables.sessions);
  await Promise.all(all.map((table) => table.createTable()));
  try {
    const stale = Array.from({ length: sweepCase.stale }, () => randomUUID());
    const fresh = Array.from({ length: sweepCase.fresh }, () => randomUUID());
    await registerSessions(sessions, PARTITION, stale, new Date(Date.now() - HOUR_MS));
    await registerSessions(sessions, PARTITION, fresh, new Date());
    await cluster.reset(stale, sweepCase.latencyMs);
    const { peer, concurrency, heapMiB } = sweepCase;
    const job: SweepJob = { peer, concurrency, endpoint: cluster.endpoint, connectionString: via, tables };
    const limit = heapMiB === undefined ? [] : [`--max-heap-size=${heapMiB}`];
    const usage = await runPeer<SweepUsage>(new URL('./peerMain.ts', import.meta.url), job, limit);

    const { gets, deletes, sessionsLeft } = await cluster.counts();
    const rowsLeft = await untouchedRows(sessions);
    if (deletes < sweepCase.stale || sessionsLeft !== 0 || rowsLeft !== sweepCase.fresh || gets < sweepCase.stale) {
      const seen = JSON.stringify({ gets, deletes, sessionsLeft, rowsLeft });
      throw new Error(`The sweep "${peer}" has not done all its work: ${seen} of ${JSON.stringify(sweepCase)}`);
    }
    return { ...usage, stale: sweepCase.stale, gets, deletes };
  } finally {
    await Promise.all(all.map((table) => table.deleteTable()));
  }
}

/** The number of rows that were neither removed nor marked as deleted. */
async function untouchedRows(table: TableClient): Promise<number> {
  let rows = 0;
  for await (const row of table.listEntities<{ deletedAt?: Date }>({
    queryOptions: { select: ['RowKey', 'deletedAt'] },
  })) {
    if (!row.deletedAt) rows += 1;
  }
  return rows;
}
