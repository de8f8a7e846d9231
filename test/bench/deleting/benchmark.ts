import { randomUUID } from 'node:crypto';
import { atLeast, type Bar, type Bench, type Benchmark, type Section, type Size, type Table } from '../benchmark.ts';
import { runPeer, type Usage } from '../peerProcess.ts';
import { inRounds, inWords, median, withSpread } from '../rounds.ts';
import { curlVersion, deleteWithCurl } from './curl.ts';
import type { DeletingJob } from './peerMain.ts';
import { NODE_PEERS, type NodePeer } from './peers.ts';

interface Case {
  concurrency: number;
  latencyMs: number;
  calls: number;
}

/** Each lasts about two seconds. */
const CASES: Record<Size, Case[]> = {
  tiny: [{ concurrency: 8, latencyMs: 1, calls: 80 }],
  quick: [
    { concurrency: 1, latencyMs: 10, calls: 100 },
    { concurrency: 32, latencyMs: 10, calls: 5000 },
  ],
  full: [
    { concurrency: 32, latencyMs: 0, calls: 8000 },
    { concurrency: 1, latencyMs: 10, calls: 200 },
    { concurrency: 32, latencyMs: 10, calls: 6000 },
  ],
};

type Peer = NodePeer | 'curl --parallel';

/** The minimum ratio of our calls per second to the peer's, with 32 concurrent calls of 10 ms each. */
const BARS: Partial<Record<Peer, number>> = {
  'undici Pool': 0.95,
  'node-fetch loop': 1,
  'built-in fetch': 1,
  'curl --parallel': 0.9,
};

const isBarsCase = ({ concurrency, latencyMs }: Case) => concurrency === 32 && latencyMs === 10;

/** Sessions deleted per second, by our client and by other HTTP clients. */
export const deleting: Benchmark = {
  name: 'deleting',
  async run(bench): Promise<Section> {
    const hasCurl = (await curlVersion()) !== undefined;
    const peers: Peer[] = [
      ...(Object.keys(NODE_PEERS) as NodePeer[]),
      ...(hasCurl ? (['curl --parallel'] as const) : []),
    ];
    const tables: Table[] = [];
    const bars: Bar[] = [];
    for (const one of CASES[bench.size]) {
      const { concurrency, latencyMs, calls } = one;
      bench.progress(`deleting: ${concurrency} at once, ${latencyMs} ms`);
      const results = await inRounds(peers, bench.rounds, (peer) => deleteAll(peer, one, bench));
      const rates = (peer: Peer) => results[peer].map(({ ms }) => (calls / ms) * 1000);
      const ours = median(rates('our client'));
      tables.push({
        head: [`${concurrency} at once, ${latencyMs} ms`, 'deleted a second', 'ours against it', 'CPU a call'],
        rows: peers.map((peer) => [
          peer,
          withSpread(rates(peer)),
          (ours / median(rates(peer))).toFixed(2),
          `${inWords(median(results[peer].map(({ cpuMs }) => (cpuMs / calls) * 1000)))} µs`,
        ]),
      });
      if (!isBarsCase(one)) continue;
      for (const [peer, bound] of Object.entries(BARS) as [Peer, number][]) {
        if (peers.includes(peer)) bars.push(atLeast(`deleting against ${peer}`, bound, ours / median(rates(peer))));
      }
    }
    return { title: 'Deleting', text: hasCurl ? TEXT : [...TEXT, NO_CURL], tables, bars };
  },
};

const TEXT = [
  'Every peer deletes the same number of sessions on the simulated cluster, which takes the given time for each call. Every peer has a process of ' +
    'its own and keeps its connections. Those on Node are warm when the clock starts. The node-fetch loop and the one on `node:http` have a ' +
    'keep-alive agent. The start of curl, which reads a config file, counts.',
];
const NO_CURL = 'There is no curl on this machine.';

/** @throws if not every session was deleted exactly once, according to the cluster */
async function deleteAll(
  peer: Peer,
  { concurrency, latencyMs, calls }: Case,
  { cluster, folder }: Bench,
): Promise<Usage> {
  const sessionIds = Array.from({ length: calls }, () => randomUUID());
  const warmUp = peer === 'curl --parallel' ? [] : Array.from({ length: Math.ceil(calls / 4) }, () => randomUUID());
  await cluster.reset([...sessionIds, ...warmUp], latencyMs);
  const { endpoint } = cluster;
  const job = { peer: peer as NodePeer, endpoint, concurrency, warmUp, sessionIds } satisfies DeletingJob;
  const usage =
    peer === 'curl --parallel'
      ? await deleteWithCurl(endpoint, concurrency, sessionIds, folder)
      : await runPeer<Usage>(new URL('./peerMain.ts', import.meta.url), job);
  const { deletes, sessionsLeft } = await cluster.counts();
  if (deletes !== calls + warmUp.length || sessionsLeft !== 0) {
    throw new Error(`${peer} made ${deletes} calls; ${sessionsLeft} sessions remain.`);
  }
  return usage;
}
