import { startChild } from '../../src/local/childProcess.ts';
import { ClusterControl } from '../../src/local/cluster/clusterControl.ts';
import { startStorageEmulator } from '../../src/local/storage/azurite.ts';

/** Long enough to be stale, and less than the expiry of the image store, in milliseconds. */
const AGE_MS = 20 * 60_000;

/** What all benchmarks run against: a cluster and a storage emulator, each in its own process. */
export interface Testbed {
  cluster: Cluster;
  /** The connection string of the storage emulator, which keeps its tables in memory. */
  storage: string;
}

/** The simulated cluster. */
export interface Cluster {
  endpoint: string;
  /** Replaces all sessions with these, which are stale, and resets the counts. */
  reset(sessionIds: readonly string[], latencyMs: number): Promise<void>;
  /** The requests since the last reset, and the remaining sessions. */
  counts(): Promise<{ gets: number; deletes: number; sessionsLeft: number }>;
}

export async function startTestbed(): Promise<Testbed & { stop(): Promise<void> }> {
  const [child, storage] = await Promise.all([startClusterProcess(), startStorageEmulator()]);
  const [, endpoint = '', controlEndpoint = ''] = child.ready;
  const control = new ClusterControl(controlEndpoint);
  const cluster: Cluster = {
    endpoint,
    async reset(sessionIds, latencyMs) {
      await control.failOver();
      await control.addSessions(sessionIds, AGE_MS);
      await control.setFaults(latencyMs > 0 ? [{ latencyMs }] : []);
      await control.clearLog();
    },
    async counts() {
      const { requests, sessions } = await control.status();
      return { gets: requests.getSession ?? 0, deletes: requests.delete ?? 0, sessionsLeft: sessions };
    },
  };
  const stop = async () => {
    await Promise.all([child.stop(), storage.process.stop()]);
  };
  return { cluster, storage: storage.connectionString, stop };
}

const startClusterProcess = () =>
  startChild(new URL('../../src/local/cluster/main.ts', import.meta.url), {
    args: ['--port', '0'],
    execArgv: [],
    ready: /^Simulated cluster ready at (\S+) \(control (\S+), chunks in .*\)$/,
  });
