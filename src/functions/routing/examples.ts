import type { DashboardHistory, DashboardStatus } from '../../wire/pageSchemas.ts';
import type {
  HealthDetails,
  OutcomeItem,
  PlannedItem,
  RunItem,
  SessionDetails,
  SessionItem,
  SweepLine,
  SweepOverviewItem,
} from '../../wire/schemas.ts';

/** The examples in the API description. */

export const SESSION_ID = '6f9619ff-8b86-d011-b42d-00c04fc964ff';
const RUN_ID = '0b6ff0e1-52a3-4f6c-8f0e-6f2a3d1c9b7e';
const REQUEST_ID = 'b3c1f7d2-9a44-4c1e-8a55-2f0d6c7e8b90';

export const session: SessionItem = {
  sessionId: SESSION_ID,
  state: 'stale',
  lastActivity: '2026-11-22T10:00:00.000Z',
  storeRelativePath: 'Shop/Code/web.zip',
  owner: 'build-agent-7',
  attempts: 0,
};

export const givenUpSession: SessionItem = {
  ...session,
  state: 'givenUp',
  attempts: 8,
  lastError: 'The HTTP gateway answered 503 FABRIC_E_NOT_PRIMARY.',
};

export const outcome: OutcomeItem = {
  sessionId: SESSION_ID,
  outcome: 'deleted',
  trigger: 'timer',
  runId: RUN_ID,
  runStartedAt: '2026-11-22T10:20:00.000Z',
  attempt: 1,
  tries: 1,
  durationMs: 12,
  lastActivity: '2026-11-22T10:00:00.000Z',
  bytes: 5_242_880,
  storeRelativePath: 'Shop/Code/web.zip',
  requestId: REQUEST_ID,
};

export const details: SessionDetails = {
  sessionId: SESSION_ID,
  registered: session,
  cluster: {
    answer: 'found',
    storeRelativePath: 'Shop/Code/web.zip',
    fileSizeBytes: 8_388_608,
    heldBytes: 5_242_880,
    missingRanges: [{ start: 5_242_880, end: 8_388_607 }],
    lastChunkAt: '2026-11-22T10:00:00.000Z',
    clusterTime: '2026-11-22T10:18:00.000Z',
    requestId: REQUEST_ID,
  },
  history: { items: [] },
};

const noCounts = { deleted: 0, wouldDelete: 0, notFound: 0, active: 0, failed: 0, invalid: 0 };

export const run: RunItem = {
  runId: RUN_ID,
  sweepId: RUN_ID,
  trigger: 'timer',
  startedAt: '2026-11-22T10:20:00.000Z',
  durationMs: 84,
  dryRun: false,
  scanned: 7,
  outcomes: { ...noCounts, deleted: 3, notFound: 1, active: 2, invalid: 1 },
  bytesFreed: 9_437_184,
  stoppedBy: 'completed',
};

const NO_WORK = { durationMs: 0, scanned: 0, outcomes: noCounts, bytesFreed: 0 };
const partition = { sweepId: RUN_ID, trigger: 'queue', stoppedBy: 'completed' } as const;

export const sweep: SweepOverviewItem = {
  sweepId: RUN_ID,
  trigger: 'timer',
  startedAt: '2026-11-22T10:20:00.000Z',
  endedAt: '2026-11-22T10:20:01.084Z',
  dryRun: false,
  parts: { expected: 16, ended: 2, completed: 2 },
  scanned: 7,
  outcomes: run.outcomes,
  bytesFreed: 9_437_184,
  runs: [
    {
      ...run,
      ...NO_WORK,
      ...partition,
      runId: '7d2f5a63-41b8-4c1a-9a56-35c0de3b7f10',
      partition: 'default-1',
      startedAt: '2026-11-22T10:20:01.002Z',
      durationMs: 9,
    },
    {
      ...run,
      ...partition,
      runId: 'c0a8e1d4-6a0f-4f0e-8f5e-0b9b4c1d2e3f',
      partition: 'default-0',
      startedAt: '2026-11-22T10:20:01.000Z',
    },
    { ...run, ...NO_WORK, parts: 16, stoppedBy: 'fannedOut' },
  ],
};

const { runs: _, ...line } = sweep;
export const sweepLine: SweepLine = line;

const planned: PlannedItem = {
  sessionId: SESSION_ID,
  outcome: 'wouldDelete',
  why: 'Its last chunk arrived at 2026-11-22T10:00:00.000Z, which is stale.',
  row: 'removed',
  lastActivity: '2026-11-22T10:00:00.000Z',
  bytes: 5_242_880,
  storeRelativePath: 'Shop/Code/web.zip',
  requestId: REQUEST_ID,
};

export const sweepNow = { ...run, trigger: 'http' as const };

export const dryRun = {
  ...sweepNow,
  dryRun: true,
  scanned: 1,
  outcomes: { ...noCounts, wouldDelete: 1 },
  bytesFreed: 0,
  bytesToFree: 5_242_880,
  planned: [planned],
};

export const healthy: HealthDetails = {
  status: 'up',
  checks: [
    { name: 'settings', status: 'ok' },
    { name: 'sessionTable', status: 'ok', latencyMs: 6, clockSkewMs: 0 },
    { name: 'outcomeTable', status: 'ok', latencyMs: 5, clockSkewMs: 0 },
    { name: 'runTable', status: 'ok', latencyMs: 5, clockSkewMs: 0 },
    { name: 'cluster', status: 'ok', latencyMs: 9, clockSkewMs: 1000 },
    { name: 'credentials', status: 'ok', latencyMs: 8 },
  ],
};

export const unhealthy: HealthDetails = {
  status: 'down',
  checks: [
    ...healthy.checks.slice(0, 4),
    { name: 'cluster', status: 'ok', latencyMs: 9, clockSkewMs: 0 },
    {
      name: 'credentials',
      status: 'failed',
      latencyMs: 8,
      detail: 'The gateway cluster:19080 denies access to the client certificate CN=sweeper (403 without a body).',
      advice: 'Make the certificate an admin client of the cluster.',
    },
  ],
};

export const status: DashboardStatus = {
  readAt: '2026-11-22T10:21:00.000Z',
  version: '1.0.0',
  clusterName: 'build-farm',
  endpoints: ['cluster.example.com:19080'],
  dryRun: false,
  staleAfterMs: 900_000,
  verdict: { level: 'well', reasons: [] },
  parts: healthy.checks.map((check) => ({ ...check, checkedAt: '2026-11-22T10:20:00.000Z' })),
  schedule: { expression: '0 */5 * * * *', nextAt: '2026-11-22T10:25:00.000Z', isFirst: false },
  lastSweep: sweepLine,
  store: {
    stagedBytes: 3_221_225_472,
    stagedFiles: 310,
    availableBytes: 42_949_672_960,
    capacityBytes: 68_719_476_736,
    askedAt: '2026-11-22T10:20:00.000Z',
  },
  sessions: {
    countedAt: '2026-11-22T10:21:00.000Z',
    stale: { count: 1, more: false },
    waiting: { count: 0, more: false },
    givenUp: { count: 1, more: false },
    active: { count: 1000, more: true },
    oldestStaleAt: '2026-11-22T10:00:00.000Z',
  },
};

export const history: DashboardHistory = {
  readAt: '2026-11-22T10:21:00.000Z',
  days: [{ day: '2026-11-22T00:00:00.000Z', outcomes: sweep.outcomes, bytesFreed: sweep.bytesFreed }],
  sweeps: [
    { sweep: sweepLine },
    { idle: { count: 12, firstAt: '2026-11-22T09:15:00.000Z', lastAt: '2026-11-22T10:10:00.000Z' } },
  ],
  failures: [
    {
      errorCode: 'FABRIC_E_NOT_PRIMARY',
      httpStatus: 503,
      what: 'The image store was moving its primary replica to another node.',
      advice: 'This usually passes without action. The next sweeps retry.',
      cleanups: 8,
      lastAt: '2026-11-22T10:20:00.000Z',
      waiting: 0,
      givenUp: 1,
      sessions: [givenUpSession],
    },
  ],
  cut: { runs: false, outcomes: false, sessions: false },
};
