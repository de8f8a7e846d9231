import { atLeast, atMost, type Benchmark, type Section, type Size } from '../benchmark.ts';
import { inRounds, inWords, median, withSpread } from '../rounds.ts';
import { measureSweep } from './measureSweep.ts';

type Sizes = { stale: number; fresh: number; latencyMs: number; concurrency: number };

const CASES: Record<Size, Sizes> = {
  tiny: { stale: 30, fresh: 30, latencyMs: 1, concurrency: 8 },
  quick: { stale: 1000, fresh: 1000, latencyMs: 10, concurrency: 32 },
  full: { stale: 5000, fresh: 5000, latencyMs: 10, concurrency: 32 },
};

/** The naive sweep has this many times fewer rows. It takes so long that one measurement is enough. */
const NAIVE_SHARE = 5;

/** Ratios of our sessions per second, and of our CPU time per session, to the floor's. */
const FLOOR_BAR = 0.8;
const CPU_BAR = 1.1;
/** The ratio of our sessions per second to the naive sweep's. */
const NAIVE_BAR = 6;

const NAMES = {
  ours: 'our sweep',
  floor: 'the floor',
  undiciFloor: 'the floor, with undici',
  naive: 'the naive sweep',
} as const;
type Peer = keyof typeof NAMES;

/** Whole sweeps against real tables. */
export const sweeping: Benchmark = {
  name: 'sweep',
  async run(bench): Promise<Section> {
    const sweepCase = CASES[bench.size];
    bench.progress('sweep');
    const sweepOf = (peer: Peer) => measureSweep({ ...sweepCase, peer }, bench);
    const results = {
      ...(await inRounds(['ours', 'floor', 'undiciFloor'] as const, bench.rounds, sweepOf)),
      naive: [await measureSweep({ ...small(sweepCase), peer: 'naive' }, bench)],
    };
    const rates = (peer: Peer) => results[peer].map(({ ms, stale }) => (stale / ms) * 1000);
    const cpu = (peer: Peer) => median(results[peer].map(({ cpuMs, stale }) => (cpuMs / stale) * 1000));
    const speed = (peer: Peer) => median(rates('ours')) / median(rates(peer));
    const cost = (peer: Peer) => cpu('ours') / cpu(peer);
    return {
      title: 'A whole sweep',
      text: describe(sweepCase),
      tables: [
        {
          head: ['', 'sessions a second', 'ours against it', 'CPU a session', 'ours against it'],
          rows: (Object.keys(NAMES) as Peer[]).map((peer) => [
            NAMES[peer],
            withSpread(rates(peer)),
            speed(peer).toFixed(2),
            `${inWords(cpu(peer))} µs`,
            cost(peer).toFixed(2),
          ]),
        },
      ],
      bars: [
        atLeast("the speed of a sweep against the floor's", FLOOR_BAR, speed('floor')),
        atMost("the CPU of a swept session against the floor's", CPU_BAR, cost('floor')),
        atLeast("the speed of a sweep against the naive one's", NAIVE_BAR, speed('naive')),
      ],
    };
  },
};

const small = (sweepCase: Sizes): Sizes => ({
  ...sweepCase,
  stale: Math.ceil(sweepCase.stale / NAIVE_SHARE),
  fresh: Math.ceil(sweepCase.fresh / NAIVE_SHARE),
});

function describe({ stale, fresh, latencyMs, concurrency }: Sizes): string[] {
  return [
    `${inWords(stale)} stale sessions among ${inWords(stale + fresh)} rows; ${concurrency} calls to the cluster at once, ${latencyMs} ms each. ` +
      'The storage emulator and the cluster have a process each, and each sweep a fresh one: its warm-up counts.',
    '*The floor* makes the same calls with the same packages and no logic at all. Nothing waits for anything but for the list: no DELETE ' +
      'for its guard, no row for its outcome, no storage for the cluster. *With undici* it calls the cluster with the fastest client on this ' +
      'runtime instead of node-fetch. *The naive sweep* is one loop: list all, then look up, delete and update one session after the other; ' +
      `it is measured once, with 1/${NAIVE_SHARE} of the rows.`,
    'The storage emulator does its work in one thread, so part of all times is its own.',
  ];
}
