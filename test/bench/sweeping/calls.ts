import { startTableProxy } from '../../faults/tableProxy.ts';
import { atMost, type Benchmark, type Section, type Size } from '../benchmark.ts';
import { inWords } from '../rounds.ts';
import { measureSweep } from './measureSweep.ts';

const STALE: Record<Size, number> = { tiny: 50, quick: 1000, full: 5000 };

/** Calls for each session. */
const CLUSTER_BAR = 2;
const STORAGE_BAR = 2.1;

/** A sweep without failures probes the cluster once, independent of the number of sessions. */
const PROBES = 1;

/** The calls of a sweep, counted where they arrive. */
export const calling: Benchmark = {
  name: 'calls',
  async run(bench): Promise<Section> {
    const stale = STALE[bench.size];
    const { storage: connectionString } = bench;
    const [endpoint = ''] = /(?<=TableEndpoint=)http:\/\/[^/;]+/.exec(connectionString) ?? [];
    const proxy = await startTableProxy(endpoint);
    try {
      bench.progress('calls');
      const before = proxy.requests;
      const sweepCase = { peer: 'ours', stale, fresh: 0, latencyMs: 0, concurrency: 32 } as const;
      const { gets, deletes } = await measureSweep(
        sweepCase,
        bench,
        connectionString.replace(endpoint, proxy.endpoint),
      );
      const cluster = (gets + deletes - PROBES) / stale;
      const storage = (proxy.requests - before) / stale;
      return {
        title: 'Calls',
        text: TEXT,
        tables: [
          {
            head: ['calls', 'to the cluster, beside the probe', 'to the storage'],
            rows: [[`for each of ${inWords(stale)} stale sessions`, cluster.toFixed(3), storage.toFixed(3)]],
          },
        ],
        bars: [
          atMost('calls to the cluster for each session, beside the one probe of a sweep', CLUSTER_BAR, cluster),
          atMost('calls to the storage for each session', STORAGE_BAR, storage),
        ],
      };
    } finally {
      await proxy.close();
    }
  },
};

const TEXT = [
  'Counted where they arrive: by the cluster itself, and by a proxy before the tables. A transaction of a hundred outcomes is one call; ' +
    'so is a page of a thousand rows.',
];
