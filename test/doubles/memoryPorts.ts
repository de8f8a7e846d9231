import type { OnRequestPorts } from '../../src/cleanup/cleanUpOnRequest.ts';
import { FabricRequestError, type FabricRequestErrorFacts } from '../../src/cleanup/model/fabricRequestError.ts';
import type { OutcomeRecord } from '../../src/cleanup/model/outcomeRecord.ts';
import type { Probe } from '../../src/cleanup/model/probe.ts';
import type { RunRecord } from '../../src/cleanup/model/runRecord.ts';
import type { SessionId } from '../../src/cleanup/model/sessionId.ts';
import type { SessionChange, TrackedSession } from '../../src/cleanup/model/trackedSession.ts';
import type { UploadSession } from '../../src/cleanup/model/uploadSession.ts';
import type { SweepPorts } from '../../src/cleanup/ports.ts';
import type { SweepRules } from '../../src/cleanup/sweep.ts';
import { asSessionId } from './sessionIds.ts';

export const NOW = new Date('2026-11-22T12:00:00.000Z');
export const MINUTE = 60_000;
export const STALE_AFTER = 15 * MINUTE;
export const PARTITION = 'default';

export const minutesAgo = (minutes: number): Date => new Date(NOW.getTime() - minutes * MINUTE);

/** A session id, different for each number. */
export const sessionId = (n: number): SessionId =>
  asSessionId(`00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`);

/** A row that was last active 20 minutes ago, with the given columns. */
export const row = (rowKey: string, columns: Partial<TrackedSession> = {}): TrackedSession => ({
  partition: PARTITION,
  rowKey,
  etag: 'W/"1"',
  timestamp: minutesAgo(20),
  lastActivity: minutesAgo(20),
  attempts: 0,
  givenUp: false,
  ...columns,
});

/** A session on the cluster with 3 of its 10 bytes, without a chunk for 20 minutes, with the given facts. */
export const onCluster = (id: SessionId, facts: Partial<UploadSession> = {}): UploadSession => ({
  sessionId: id,
  fileSizeBytes: 10,
  modifiedAt: minutesAgo(20),
  missingRanges: [{ start: 3, end: 9 }],
  ...facts,
});

export const failure = (facts: Partial<FabricRequestErrorFacts> = {}): FabricRequestError =>
  new FabricRequestError('The cluster is busy.', {
    kind: 'busy',
    retryable: true,
    httpStatus: 503,
    code: 'FABRIC_E_NOT_PRIMARY',
    ...facts,
  });

export const RULES: SweepRules = {
  partitions: [PARTITION],
  staleAfterMs: STALE_AFTER,
  maxClockSkewMs: 5 * MINUTE,
  concurrency: 4,
  limit: 0,
  dryRun: false,
  timeBudgetMs: 4 * MINUTE,
  drainMs: 1000,
  abortedDrainMs: 1000,
  maxAttempts: 8,
  maxTries: 1,
  firstWaitMs: 1,
  random: () => 1,
};

/** The dependencies of the core, in memory. Tests set and read the plain fields. */
export interface MemoryPorts extends SweepPorts, OnRequestPorts {
  rows: Map<string, TrackedSession>;
  cluster: Map<string, UploadSession>;
  /** Calls for these sessions throw: each error once, the last one always. */
  failing: Map<string, FabricRequestError[]>;
  /** Every call to the cluster, in order, such as `GET …` and `DELETE …`. */
  calls: string[];
  recorded: OutcomeRecord[];
  /** Every write to rows and outcomes, in order. */
  writes: string[];
  changes: Map<string, SessionChange>;
  runs: RunRecord[];
  warnings: string[];
  clusterDate: Date | undefined;
  storageDate: Date | undefined;
  /** The results of probes: each once, the last one for all further probes; good if it is empty. */
  probes: Probe[];
}

export function memoryPorts(given: { rows?: TrackedSession[]; cluster?: UploadSession[] } = {}): MemoryPorts {
  const fail = (id: string) => {
    const errors = ports.failing.get(id);
    const error = errors && errors.length > 1 ? errors.shift() : errors?.[0];
    if (error) throw error;
  };
  const answer = <T>(value: T) => ({
    value,
    requestId: `request-${ports.calls.length}`,
    httpStatus: 200,
    clusterDate: ports.clusterDate,
  });
  const ports: MemoryPorts = {
    rows: new Map((given.rows ?? []).map((one) => [one.rowKey, one])),
    cluster: new Map((given.cluster ?? []).map((one) => [one.sessionId, one])),
    failing: new Map(),
    calls: [],
    recorded: [],
    writes: [],
    changes: new Map(),
    runs: [],
    warnings: [],
    clusterDate: NOW,
    storageDate: NOW,
    probes: [],
    now: () => NOW,
    async getSession(id) {
      ports.calls.push(`GET ${id}`);
      fail(id);
      return answer(ports.cluster.get(id));
    },
    async deleteSession(id) {
      ports.calls.push(`DELETE ${id}`);
      fail(id);
      if (!ports.cluster.delete(id))
        throw failure({ kind: 'notFound', retryable: false, httpStatus: 404, code: 'NotFound' });
      return answer(undefined);
    },
    async *pagesOfSessions({ partition, after, upTo }) {
      const sessions = [...ports.rows.values()]
        .filter((one) => one.partition === partition)
        .filter(({ rowKey }) => (after === undefined || rowKey > after) && (upTo === undefined || rowKey <= upTo));
      yield { sessions, storageDate: ports.storageDate };
    },
    async recordOutcomes(records) {
      ports.recorded.push(...records);
      for (const record of records) ports.writes.push(`record ${record.sessionId}`);
      return [];
    },
    async removeSession({ rowKey }) {
      ports.writes.push(`remove ${rowKey}`);
      return ports.rows.delete(rowKey) ? 'settled' : 'gone';
    },
    async changeSession({ rowKey }, change) {
      ports.writes.push(`change ${rowKey}`);
      ports.changes.set(rowKey, change);
      return 'settled';
    },
    async findSession(id) {
      return ports.rows.get(id);
    },
    partitionOf: () => PARTITION,
    async recordRun(run) {
      ports.runs.push(run);
    },
    async deleteSessionIf(id, mayDelete, call) {
      const look = await ports.getSession(id, call);
      return mayDelete(look) ? { look, deleted: await ports.deleteSession(id, call) } : { look };
    },
    async resumeAfter() {
      return ports.runs.at(-1)?.resumeAfter;
    },
    async probe() {
      ports.calls.push('PROBE');
      const next = ports.probes.length > 1 ? ports.probes.shift() : ports.probes[0];
      return next ?? { verdict: 'good', clusterDate: ports.clusterDate ?? NOW, requestId: 'probe', host: 'cluster' };
    },
    log: { warn: (message) => ports.warnings.push(message) },
  };
  return ports;
}
