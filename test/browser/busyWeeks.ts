import { createHash } from 'node:crypto';
import type { OutcomeRecord } from '../../src/cleanup/model/outcomeRecord.ts';
import { Upload } from '../../src/local/cluster/uploader.ts';
import type { TestApp } from '../support/app.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const MIB = 1_048_576;

/** The same ids each time, so that screenshots are the same. */
export function idOf(name: string): string {
  const digits = createHash('sha256').update(name).digest('hex');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
}

export const GIVEN_UP = idOf('given up');
export const WAITING = idOf('waiting');
export const STALE = idOf('stale');

/** Creates the rows and the cluster's sessions of two busy weeks. */
export async function liveThroughBusyWeeks(app: Pick<TestApp, 'cluster' | 'tables'>): Promise<void> {
  await Promise.all([registerSessions(app), recordOutcomes(app), recordRuns(app)]);
}

async function registerSessions({ cluster, tables }: Pick<TestApp, 'cluster' | 'tables'>): Promise<void> {
  const upload = async (name: string, storeRelativePath: string) => {
    const file = { sessionId: idOf(name), storeRelativePath, fileSizeBytes: 4 * MIB, chunkSizeBytes: MIB };
    const one = new Upload(cluster.endpoint, file);
    await one.uploadChunks(one.chunks.slice(0, 2));
  };
  await cluster.control.setClockOffset(-40 * MINUTE);
  await upload('stale', 'Shop/Code/web.zip');
  await upload('given up', 'Bank/Code/ledger.zip');
  await cluster.control.setClockOffset(0);

  await tables.sessions.createTable();
  const register = (name: string, minutes: number, columns: object) =>
    tables.sessions.createEntity({
      ...{ partitionKey: 'default', rowKey: idOf(name), owner: 'build-agent-7' },
      ...{ lastActivity: new Date(Date.now() - minutes * MINUTE), ...columns },
    });
  await register('stale', 40, { storeRelativePath: 'Shop/Code/web.zip' });
  await register('stale too', 21, { storeRelativePath: 'Shop/Code/api.zip' });
  await register('waiting', 55, {
    ...{ storeRelativePath: 'Shop/Data/catalog.dat', attempts: 2, nextAttemptAt: new Date(Date.now() + 8 * MINUTE) },
    lastError: 'The cluster is busy (503 FABRIC_E_NOT_PRIMARY from cluster.example.com:19080).',
  });
  await register('given up', 26 * 60, {
    ...{ storeRelativePath: 'Bank/Code/ledger.zip', attempts: 8, givenUp: true },
    lastError: 'The request timed out in the cluster (504 FABRIC_E_TIMEOUT from cluster.example.com:19080).',
  });
  for (let n = 0; n < 23; n += 1) await register(`fresh ${n}`, n / 3, {});
}

async function recordOutcomes({ tables }: Pick<TestApp, 'tables'>): Promise<void> {
  const failed = (name: string, days: number, errorCode: string, httpStatus: number, errorMessage: string) => {
    const rowKey = idOf(name);
    const runStartedAt = new Date(Date.now() - days * DAY - 3 * MINUTE);
    const record: OutcomeRecord = {
      ...{ partition: 'default', rowKey, sessionId: rowKey, outcome: 'failed', trigger: 'timer' },
      ...{ runId: `day ${13 - days}`, runStartedAt, attempt: 1, tries: 3, durationMs: 900 },
      ...{ errorCode, httpStatus, errorMessage },
    };
    return tables.storage.recordOutcomes([record]);
  };
  const moved = 'The cluster is busy (503 FABRIC_E_NOT_PRIMARY from cluster.example.com:19080).';
  const late = 'The request timed out in the cluster (504 FABRIC_E_TIMEOUT from cluster.example.com:19080).';
  await failed('waiting', 0, 'FABRIC_E_NOT_PRIMARY', 503, moved);
  for (let n = 0; n < 8; n += 1) await failed(`moved ${n}`, 4, 'FABRIC_E_NOT_PRIMARY', 503, moved);
  for (let n = 0; n < 4; n += 1) await failed('given up', n, 'FABRIC_E_TIMEOUT', 504, late);
}

async function recordRuns({ tables }: Pick<TestApp, 'tables'>): Promise<void> {
  /** A week of builds: quiet at its end, with one bad day. */
  const deleted = [31, 44, 38, 52, 47, 9, 6, 35, 49, 27, 58, 41, 12, 18];
  for (const [n, count] of deleted.entries()) {
    const daysAgo = deleted.length - 1 - n;
    const bad = daysAgo === 4;
    const now = Date.now() - daysAgo * DAY;
    // Not on the day before, if it has just begun (UTC).
    const startedAt = new Date(Math.max(now - 5 * MINUTE, now - (now % DAY)));
    await tables.storage.recordRun({
      stale: 0,
      ...{
        clusterName: 'default',
        runId: `day ${n}`,
        sweepId: `day ${n}`,
        trigger: 'timer',
        startedAt,
        durationMs: 4_100 + n * 130,
      },
      ...{ scanned: count * 2, bytesFreed: count * 37 * MIB, dryRun: false },
      outcomes: {
        deleted: count,
        wouldDelete: 0,
        notFound: Math.round(count / 3),
        active: Math.round(count / 5),
        failed: bad ? 8 : daysAgo === 0 ? 2 : daysAgo < 4 ? 1 : 0,
        invalid: 0,
      },
      stoppedBy: bad ? 'clusterUnavailable' : 'completed',
      error: bad ? 'The cluster failed five times in a row.' : undefined,
    });
  }
  for (let n = 1; n < 8; n += 1) {
    await tables.storage.recordRun({
      stale: 0,
      ...{ clusterName: 'default', runId: `run ${n}`, sweepId: `run ${n}`, trigger: n === 3 ? 'http' : 'timer' },
      ...{ startedAt: new Date(Date.now() - n * 5 * MINUTE - 12_000), durationMs: 80 + n * 23, scanned: 4 + n },
      outcomes: {
        deleted: n === 3 ? 0 : n,
        wouldDelete: n === 3 ? 3 : 0,
        notFound: 1,
        active: 2,
        failed: 0,
        invalid: 0,
      },
      ...{ bytesFreed: n === 3 ? 0 : n * 5 * MIB, dryRun: n === 3, stoppedBy: 'completed' },
      bytesToFree: n === 3 ? 15 * MIB : undefined,
    });
  }
}
