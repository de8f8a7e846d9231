import { setTimeout as wait } from 'node:timers/promises';
import { type Child, startChild } from '../../src/local/childProcess.ts';
import {
  type SimulatedCluster,
  type SimulatedClusterOptions,
  startSimulatedCluster,
} from '../../src/local/cluster/simulatedCluster.ts';
import { allRows, connection, type TestTables, testTables } from './tables.ts';
import { keepLine } from './transcript.ts';

/** The whole app on the local functions host, with its own simulated cluster and tables. */
export interface TestApp {
  /** The functions host's address. */
  url: string;
  host: Child;
  cluster: SimulatedCluster;
  tables: TestTables;
  /** Runs the sweep like the timer, and waits for its run record. */
  sweep(): Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

/** A schedule that does not occur during a test. */
const NEVER = '0 0 0 1 1 *';

/** @param hostArguments - of the functions host */
export async function startApp(
  settings: Record<string, string> = {},
  clusterOptions: SimulatedClusterOptions = {},
  hostArguments: string[] = [],
): Promise<TestApp> {
  const cluster = await startSimulatedCluster(clusterOptions);
  const tables = testTables();
  const all = { CLUSTER_ENDPOINTS: cluster.endpoint, ...tableSettings(tables), ...settings };
  const host = await startHost(all, hostArguments);
  const url = host.ready[1] ?? '';
  return {
    url,
    host,
    cluster,
    tables,
    async sweep() {
      await tables.runs.createTable();
      const before = (await allRows(tables.runs)).length;
      await runNow(url, 'sweepStaleSessions');
      return until(async () => {
        const runs = await allRows(tables.runs);
        return runs.length > before ? runs[0] : undefined;
      });
    },
    async close() {
      await host.stop();
      await cluster.close();
    },
  };
}

export const tableSettings = ({ names }: TestTables): Record<string, string> => ({
  SESSION_TABLE: names.sessions,
  OUTCOME_TABLE: names.outcomes,
  RUN_TABLE: names.runs,
});

/** The functions host with the shared storage, on any port. */
export function startHost(settings: Record<string, string>, hostArguments: string[] = []): Promise<Child> {
  return startChild(new URL('../../src/local/host/main.ts', import.meta.url), {
    args: ['--port', '0', ...hostArguments],
    env: { ...process.env, AzureWebJobsStorage: connection.connectionString, SWEEP_SCHEDULE: NEVER, ...settings },
    execArgv: [],
    ready: /^Functions host ready at (\S+)$/,
    onLine: keepLine,
  });
}

export async function runNow(url: string, name: string): Promise<void> {
  const answer = await fetch(`${url}/admin/functions/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  if (answer.status !== 202) throw new Error(`The host answered ${answer.status}.`);
}

/** Polls until there is a result. @throws after the timeout, ten seconds by default */
export async function until<T>(ask: () => Promise<T | undefined> | T | undefined, timeoutMs = 10_000): Promise<T> {
  for (const end = Date.now() + timeoutMs; Date.now() < end; await wait(25)) {
    const answer = await ask();
    if (answer !== undefined) return answer;
  }
  throw new Error('Timed out while waiting.');
}
