import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { newSessionId } from '../../../src/cleanup/model/sessionId.ts';
import { type Child, startChild } from '../../../src/local/childProcess.ts';
import { partitionOf } from '../../../src/storage/partitions.ts';
import { openStorage } from '../../../src/storage/storage.ts';
import { openTable } from '../../../src/storage/table.ts';
import type { SweepOverviewItem } from '../../../src/wire/schemas.ts';
import { toSweepOverview } from '../../../src/wire/toWire.ts';
import { registerSessions } from '../sweeping/registerSessions.ts';
import type { Cluster, Testbed } from '../testbed.ts';

const CLUSTER_NAME = 'default';
const SHARDS = 16;
const HOUR_MS = 3_600_000;
const POLL_INTERVAL_MS = 50;
const TIMEOUT_MS = 300_000;

/** The work that the hosts share. */
export interface SharedJob {
  hosts: number;
  stale: number;
  latencyMs: number;
  concurrency: number;
}

export interface SharedSweep {
  ms: number;
  /** The number of partitions that each host has swept, in no particular order. */
  partitionsOfHosts: number[];
}

/**
 * Lets hosts sweep 16 partitions together, with their own tables and queue.
 *
 * @throws if not every session was deleted
 */
export async function fanOutSweep(
  job: SharedJob,
  { cluster, storage: connectionString }: Testbed,
): Promise<SharedSweep> {
  const suffix = randomUUID().replaceAll('-', '');
  const tables = { sessions: `s${suffix}`, outcomes: `o${suffix}`, runs: `r${suffix}` };
  const open = (name: string) => openTable({ connectionString }, name);
  await Promise.all(Object.values(tables).map((name) => open(name).createTable()));
  const stale = Array.from({ length: job.stale }, newSessionId);
  const byPartition = Map.groupBy(stale, (id) => partitionOf(CLUSTER_NAME, SHARDS, id));
  const longAgo = new Date(Date.now() - HOUR_MS);
  for (const [partition, ids] of byPartition) await registerSessions(open(tables.sessions), partition, ids, longAgo);
  await cluster.reset(stale, job.latencyMs);

  const settings = {
    AzureWebJobsStorage: connectionString,
    CLUSTER_ENDPOINTS: cluster.endpoint,
    CLUSTER_NAME,
    SESSION_TABLE: tables.sessions,
    OUTCOME_TABLE: tables.outcomes,
    RUN_TABLE: tables.runs,
    SESSION_SHARDS: String(SHARDS),
    SWEEP_FAN_OUT: 'true',
    SWEEP_QUEUE: `q${suffix}`,
    SWEEP_CONCURRENCY: String(job.concurrency),
    SWEEP_SCHEDULE: '0 0 0 1 1 *',
    AzureFunctionsJobHost__extensions__queues__maxPollingInterval: '00:00:00.1',
  };
  const hosts = await Promise.all(Array.from({ length: job.hosts }, () => startHost(settings)));
  try {
    const startedMs = performance.now();
    await runTimer(hosts[0]?.ready[1] ?? '');
    const sweep = await waitUntilEnded(openStorage({ connectionString }, tables));
    const ms = performance.now() - startedMs;
    await checkComplete(job, sweep, cluster);
    return { ms, partitionsOfHosts: hosts.map((host) => partitionsIn(host.output())) };
  } finally {
    await Promise.all(hosts.map((host) => host.stop()));
    await Promise.all(Object.values(tables).map((name) => open(name).deleteTable()));
  }
}

function startHost(settings: Record<string, string>): Promise<Child> {
  return startChild(new URL('../../../src/local/host/main.ts', import.meta.url), {
    args: ['--port', '0'],
    env: { ...process.env, ...settings },
    execArgv: [],
    ready: /^Functions host ready at (\S+)$/,
  });
}

async function runTimer(host: string): Promise<void> {
  const { status } = await fetch(`${host}/admin/functions/sweepStaleSessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  if (status !== 202) throw new Error(`The host answered the request to run its timer with ${status}.`);
}

/** Waits until every part of the sweep has ended. */
async function waitUntilEnded(storage: ReturnType<typeof openStorage>): Promise<SweepOverviewItem> {
  const since = new Date(Date.now() - HOUR_MS);
  for (const end = Date.now() + TIMEOUT_MS; Date.now() < end; await wait(POLL_INTERVAL_MS)) {
    const { items } = await storage.listRuns(CLUSTER_NAME, { since, until: new Date(Date.now() + HOUR_MS) }, 100);
    const sweep = toSweepOverview(items);
    if (sweep?.stoppedBy !== undefined) return sweep;
  }
  throw new Error('The sweep did not end in time.');
}

async function checkComplete({ stale }: SharedJob, sweep: SweepOverviewItem, cluster: Cluster): Promise<void> {
  const { deletes, sessionsLeft } = await cluster.counts();
  const { stoppedBy, outcomes } = sweep;
  if (stoppedBy === 'completed' && deletes >= stale && outcomes.deleted === stale && sessionsLeft === 0) return;
  const seen = JSON.stringify({ stoppedBy, deletes, deleted: outcomes.deleted, sessionsLeft });
  throw new Error(`The hosts have not done their work: ${seen} of ${stale} sessions.`);
}

function partitionsIn(log: string): number {
  return log.match(/Executed 'Functions\.sweepPartition' \(Succeeded/g)?.length ?? 0;
}
