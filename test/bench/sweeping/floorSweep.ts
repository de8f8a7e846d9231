import { randomUUID } from 'node:crypto';
import { Agent } from 'node:http';
import { odata, type TableClient, type TransactionAction } from '@azure/data-tables';
import fetch from 'node-fetch';
import pMap from 'p-map';
import { Pool } from 'undici';
import { openTables, PARTITION, pathOf, type Row, STALE_AFTER_MS, type SweepJob } from './sweepJob.ts';

const TRANSACTION = 100;
const MAX_CONCURRENCY = 32;

type Call = (method: 'GET' | 'DELETE', row: Row) => Promise<void>;

/**
 * Makes the same calls as our sweep with the same packages and the same concurrency, without any logic.
 *
 * Calls wait only for the list of sessions: a DELETE does not wait for its guard, a row not for its outcome, the storage not for the
 * cluster. This is not a usable sweep, but a lower limit: no sweep with these calls can be faster.
 */
export function floorSweep(job: SweepJob): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: job.concurrency });
  return callAll(job, async (method, row) => {
    const response = await fetch(job.endpoint + pathFor(method, row), { method, agent });
    await response.text();
    if (!response.ok) throw new Error(`The gateway answered ${response.status}.`);
  });
}

/** The same, but with the fastest client on this runtime for calls to the cluster. */
export function undiciFloorSweep(job: SweepJob): Promise<void> {
  const pool = new Pool(job.endpoint, { connections: job.concurrency });
  return callAll(job, async (method, row) => {
    const { statusCode, body } = await pool.request({ method, path: pathFor(method, row) });
    await body.text();
    if (statusCode >= 300) throw new Error(`The gateway answered ${statusCode}.`);
  });
}

function pathFor(method: 'GET' | 'DELETE', { rowKey }: Row): string {
  return pathOf(method === 'GET' ? 'GetUploadSession' : 'DeleteUploadSession', rowKey);
}

/** @param call - uses a limited number of connections, in the order of the calls */
async function callAll(job: SweepJob, call: Call): Promise<void> {
  const { sessions, outcomes } = openTables(job);
  const cutoff = new Date(Date.now() - STALE_AFTER_MS);
  const filter = odata`PartitionKey eq ${PARTITION} and (lastActivity lt ${cutoff} or Timestamp lt ${cutoff})`;
  const inProgress: Promise<unknown>[] = [probe(job)];
  for await (const page of sessions.listEntities<Row>({ queryOptions: { filter } }).byPage({ maxPageSize: 1000 })) {
    const rows = page as Row[];
    inProgress.push(...rows.map((row) => call('GET', row)), ...rows.map((row) => call('DELETE', row)));
    inProgress.push(recordAll(outcomes, rows), removeAll(sessions, rows));
  }
  await Promise.all(inProgress);
}

/** The first call of our sweep. */
async function probe({ endpoint }: SweepJob): Promise<void> {
  const response = await fetch(endpoint + pathOf('DeleteUploadSession', randomUUID()), { method: 'DELETE' });
  await response.text();
  if (response.status !== 404) throw new Error(`The gateway answered ${response.status} to a probe.`);
}

async function recordAll(outcomes: TableClient, rows: Row[]): Promise<void> {
  const runId = randomUUID();
  const startedAt = new Date();
  for (let from = 0; from < rows.length; from += TRANSACTION) {
    const batch = rows.slice(from, from + TRANSACTION);
    await outcomes.submitTransaction(
      batch.map((row): TransactionAction => ['upsert', outcomeOf(row, runId, startedAt), 'Replace']),
    );
  }
}

/** The columns that our sweep writes. */
function outcomeOf({ partitionKey, rowKey, lastActivity, owner }: Row, runId: string, runStartedAt: Date) {
  return {
    partitionKey: `${partitionKey}~2026-11-22`,
    rowKey: `8235000000000-${rowKey}-${runId.slice(0, 8)}`,
    ...{ runStartedAt, sessionId: rowKey, outcome: 'deleted', trigger: 'timer', runId, httpStatus: 200 },
    ...{ attempt: 1, tries: 1, durationMs: 12, lastActivity, complete: false, requestId: runId, owner },
    ...{ bytes: { type: 'Int64', value: '0' }, fileSizeBytes: { type: 'Int64', value: '1024' } },
  };
}

function removeAll(sessions: TableClient, rows: Row[]): Promise<unknown> {
  return pMap(rows, ({ partitionKey, rowKey, etag }) => sessions.deleteEntity(partitionKey, rowKey, { etag }), {
    concurrency: MAX_CONCURRENCY,
  });
}
