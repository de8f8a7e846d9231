import { atLeast, type Benchmark, type Section, type Size } from '../benchmark.ts';
import { inRounds, inWords, median, withSpread } from '../rounds.ts';
import { fanOutSweep, type SharedSweep } from './fanOutSweep.ts';

interface FanOutCase {
  stale: number;
  latencyMs: number;
  /** Concurrent calls to the cluster, of each host. */
  concurrency: number;
  manyHosts: number;
  rounds: number;
}

const CASES: Record<Size, FanOutCase> = {
  tiny: { stale: 32, latencyMs: 1, concurrency: 8, manyHosts: 2, rounds: 1 },
  quick: { stale: 1600, latencyMs: 50, concurrency: 8, manyHosts: 4, rounds: 1 },
  full: { stale: 3200, latencyMs: 50, concurrency: 8, manyHosts: 4, rounds: 2 },
};

/** The minimum ratio of the speed of many hosts to that of one. */
const BAR = 3;

/** Hosts that share one sweep through a queue. */
export const fanningOut: Benchmark = {
  name: 'fanout',
  async run(bench): Promise<Section> {
    const fanOutCase = CASES[bench.size];
    const { stale, latencyMs, concurrency, manyHosts } = fanOutCase;
    const peers = ['1 host', `${manyHosts} hosts`] as const;
    const results: Record<string, SharedSweep[]> = await inRounds(
      peers,
      Math.min(fanOutCase.rounds, bench.rounds),
      (peer) => {
        bench.progress(`fanout: ${peer}`);
        const hosts = peer === '1 host' ? 1 : manyHosts;
        return fanOutSweep({ hosts, stale, latencyMs, concurrency }, bench);
      },
    );
    const ofPeer = (peer: string) => results[peer] ?? [];
    const seconds = (peer: string) => median(ofPeer(peer).map(({ ms }) => ms / 1000));
    const gain = seconds(peers[0]) / seconds(peers[1]);
    return {
      title: 'Fan-out',
      text: [
        `${inWords(stale)} stale sessions in 16 partitions, ${concurrency} calls to the cluster at once for each host, ${latencyMs} ms each. ` +
          'The timer of one host puts the partitions on the queue; all hosts take them from there, with nothing left to do for any when ' +
          'it begins. Timed from the call of the timer to the end of the last partition. The hosts look into the queue at least every ' +
          'tenth of a second: with the default of host.json, ten seconds, chance would decide.',
        'All hosts, the cluster and the storage share this one machine.',
      ],
      tables: [
        {
          head: ['fan-out', 'seconds', 'sessions a second', 'against 1 host', 'partitions of each host'],
          rows: peers.map((peer) => [
            peer,
            withSpread(
              ofPeer(peer).map(({ ms }) => ms / 1000),
              2,
            ),
            inWords(stale / seconds(peer)),
            (seconds(peers[0]) / seconds(peer)).toFixed(2),
            ofPeer(peer)[0]?.partitionsOfHosts.join(', ') ?? '',
          ]),
        },
      ],
      bars: [atLeast(`the speed of ${manyHosts} hosts against 1`, BAR, gain)],
    };
  },
};
