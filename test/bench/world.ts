import { type Child, startChild } from '../../src/local/childProcess.ts';
import { ClusterControl } from '../../src/local/cluster/clusterControl.ts';
import { startStorageEmulator } from '../../src/local/storage/azurite.ts';

/** Younger than what the image store itself drops, older than what counts as stale. */
const AGE_MS = 20 * 60_000;

/** The gateway of all benchmarks: the simulated cluster in a process of its own. */
export interface Cluster {
  endpoint: string;
  control: ClusterControl;
  /** Begins anew: knows these sessions, all of them stale, and has counted nothing. */
  reset(sessionIds: readonly string[], latencyMs: number): Promise<void>;
  /** What it has met since. */
  counts(): Promise<{ gets: number; deletes: number; sessionsLeft: number }>;
  stop(): Promise<unknown>;
}

export async function startCluster(): Promise<Cluster> {
  const child = await startChild(new URL('../../src/local/cluster/main.ts', import.meta.url), {
    args: ['--port', '0'],
    execArgv: [],
    ready: /^Simulated cluster ready at (\S+) \(control (\S+), chunks in .*\)$/,
  });
  const [, endpoint = '', controlEndpoint = ''] = child.ready;
  const control = new ClusterControl(controlEndpoint);
  return {
    endpoint,
    control,
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
    stop: () => child.stop(),
  };
}

/** Tables in memory, in a process of their own. */
export interface Storage {
  connectionString: string;
  process: Child;
}

export const startStorage: () => Promise<Storage> = () => startStorageEmulator();
