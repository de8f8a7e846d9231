import type { TableClient } from '@azure/data-tables';
import { type Child, startChild } from '../../src/local/childProcess.ts';
import { ClusterControl } from '../../src/local/cluster/clusterControl.ts';
import { openTable } from '../../src/storage/table.ts';
import type { RoundPlan } from './roundPlan.ts';
import { StorageUnderTest } from './storageUnderTest.ts';
import { startTableProxy, type TableProxy } from './tableProxy.ts';

export const CLUSTER_NAME = 'default';
/** STALE_AFTER, which is far longer than a round takes. */
export const STALE_AFTER_MS = 5 * 60_000;
/** MAX_ATTEMPTS, far more than the sweeps of a round, so that no session is given up because of faults. */
export const MAX_ATTEMPTS = 100;

/** The storage, the proxy to its tables, and the cluster. The rounds that run one after the other share them. */
export interface Testbed {
  storage: StorageUnderTest;
  proxy: TableProxy;
  gateway: string;
  control: ClusterControl;
  /** The secrets that must never be printed. */
  secrets: string[];
  close(): Promise<void>;
}

/** The tables of one round, reached without the proxy. */
export interface RoundTables {
  names: { sessions: string; outcomes: string; runs: string };
  sessions: TableClient;
  outcomes: TableClient;
  runs: TableClient;
}

export async function startTestbed(): Promise<Testbed> {
  const [storage, cluster] = await Promise.all([StorageUnderTest.start(), startCluster()]);
  const [, gateway = '', controlEndpoint = ''] = cluster.ready;
  const proxy = await startTableProxy(/TableEndpoint=(http:\/\/[^/;]+)/.exec(storage.connectionString)?.[1] ?? '');
  return {
    storage,
    proxy,
    gateway,
    control: new ClusterControl(controlEndpoint),
    secrets: [/AccountKey=([^;]+)/.exec(storage.connectionString)?.[1] ?? ''],
    async close() {
      await Promise.all([proxy.close(), storage.close(), cluster.stop()]);
    },
  };
}

function startCluster(): Promise<Child> {
  return startChild(new URL('../../src/local/cluster/main.ts', import.meta.url), {
    args: ['--port', '0'],
    ready: /^Simulated cluster ready at (\S+) \(control (\S+), chunks in .*\)$/,
  });
}

/** @param name - letters and digits that no other round uses */
export function roundTables({ storage }: Testbed, name: string): RoundTables {
  const names = { sessions: `s${name}`, outcomes: `o${name}`, runs: `r${name}` };
  const open = (table: string) => openTable({ connectionString: storage.connectionString }, table);
  return { names, sessions: open(names.sessions), outcomes: open(names.outcomes), runs: open(names.runs) };
}

/** The address of the gateway; with a second host name the app treats it as two gateways. */
function gatewaysOf({ gateway }: Testbed, count: number): string[] {
  return [gateway, gateway.replace('127.0.0.1', 'localhost')].slice(0, count);
}

/** The environment variables of a host. Of this process's own only `PATH`. */
export function hostEnvironment(
  testbed: Testbed,
  { names }: RoundTables,
  { shards, concurrency, gateways, limit, timeBudgetMs }: RoundPlan,
): NodeJS.ProcessEnv {
  const direct = testbed.storage.connectionString;
  return {
    PATH: process.env['PATH'],
    TZ: 'UTC',
    // An unhandled rejection ends the worker.
    NODE_OPTIONS: '--unhandled-rejections=strict',
    AzureWebJobsStorage: direct,
    FaultyTables: direct.replace(/TableEndpoint=http:\/\/[^/]+/, `TableEndpoint=${testbed.proxy.endpoint}`),
    SESSION_STORAGE: 'FaultyTables',
    SESSION_TABLE: names.sessions,
    OUTCOME_TABLE: names.outcomes,
    RUN_TABLE: names.runs,
    SESSION_SHARDS: String(shards),
    CLUSTER_NAME,
    CLUSTER_ENDPOINTS: gatewaysOf(testbed, gateways).join(','),
    CLUSTER_AUTH: 'none',
    CLUSTER_ID: '',
    // Seconds, so that a cluster that does not answer costs little time.
    CLUSTER_TIMEOUT: '1',
    STALE_AFTER: `${STALE_AFTER_MS / 1000}s`,
    SWEEP_CONCURRENCY: String(concurrency),
    SWEEP_LIMIT: String(limit),
    ...(timeBudgetMs !== undefined && { SWEEP_TIME_BUDGET: `${timeBudgetMs / 1000}s` }),
    // Once a year, because the harness starts the sweeps.
    SWEEP_SCHEDULE: '0 0 0 1 1 *',
    MAX_ATTEMPTS: String(MAX_ATTEMPTS),
  };
}
