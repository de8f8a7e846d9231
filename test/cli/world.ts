import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SimulatedCluster, startSimulatedCluster } from '../../src/local/cluster/simulatedCluster.ts';
import { Upload } from '../../src/local/cluster/uploader.ts';
import { tableSettings } from '../support/app.ts';
import { connection, type TestTables, testTables } from '../support/tables.ts';
import { type CliOptions, type Ended, runCli } from './runCli.ts';

const MINUTE = 60_000;
export const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * MINUTE);

/** A simulated cluster and tables, and the settings by which a command finds them. */
export interface World {
  cluster: SimulatedCluster;
  tables: TestTables;
  env: Record<string, string>;
  /** An empty folder to work in. */
  cwd: string;
  /** Runs a command in it, piped. */
  run(words: string[], options?: CliOptions): Promise<Ended>;
  /** Writes a session's row, by default one that is stale. */
  register(columns?: Record<string, unknown>, rowKey?: string): Promise<string>;
  /** A session on the cluster with 10 of 20 bytes, and its row. */
  upload(minutes?: number): Promise<string>;
  close(): Promise<void>;
}

export async function startWorld(): Promise<World> {
  const cluster = await startSimulatedCluster();
  const tables = testTables();
  await Promise.all([tables.sessions, tables.outcomes, tables.runs].map((table) => table.createTable()));
  const cwd = await mkdtemp(join(tmpdir(), 'cli-'));
  const env = {
    AzureWebJobsStorage: connection.connectionString,
    CLUSTER_ENDPOINTS: cluster.endpoint,
    ...tableSettings(tables),
    // The emulator takes its time for each day that is asked for.
    OUTCOME_RETENTION: '2d',
  };
  const register = async (columns: Record<string, unknown> = {}, rowKey: string = randomUUID()) => {
    await tables.sessions.createEntity({ partitionKey: 'default', rowKey, lastActivity: minutesAgo(20), ...columns });
    return rowKey;
  };
  return {
    cluster,
    tables,
    env,
    cwd,
    register,
    run: (words, options = {}) => runCli(words, { cwd, ...options, env: { ...env, ...options.env } }),
    async upload(minutes = 20) {
      await cluster.control.setClockOffset(-minutes * MINUTE);
      const upload = new Upload(cluster.endpoint, {
        storeRelativePath: 'App/Code/a.zip',
        fileSizeBytes: 20,
        chunkSizeBytes: 10,
      });
      await upload.uploadChunks(upload.chunks.slice(0, 1));
      await cluster.control.setClockOffset(0);
      return register({ storeRelativePath: 'App/Code/a.zip', lastActivity: minutesAgo(minutes) }, upload.sessionId);
    },
    async close() {
      await cluster.close();
      await rm(cwd, { recursive: true, force: true });
    },
  };
}
