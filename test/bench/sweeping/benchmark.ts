import { atLeast, atMost, type Benchmark, type Section, type Size } from '../benchmark.ts';
import { inRounds, inWords, median, withSpread } from '../rounds.ts';
import { openStage, type Swept } from './stage.ts';

const SCENES: Record<Size, { stale: number; fresh: number; latencyMs: number; concurrency: number }> = {
  tiny: { stale: 30, fresh: 30, latencyMs: 1, concurrency: 8 },
  quick: { stale: 1000, fresh: 1000, latencyMs: 10, concurrency: 32 },
  full: { stale: 5000, fresh: 5000, latencyMs: 10, concurrency: 32 },
};

/** How much longer than the floor a sweep may take, and how much faster than the naive one it must be. */
const FLOOR_BAR = 1.25;
const NAIVE_BAR = 6;
/** How much more of the processor a session may cost. */
const CPU_BAR = 1.1;

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
    const scene = SCENES[bench.size];
    const stage = await openStage();
    try {
      bench.progress('sweep');
      const play = (peer: Peer) => stage.play({ ...scene, peer });
      const results = {
        ...(await inRounds(['ours', 'floor', 'undiciFloor'] as const, bench.rounds, play)),
        // Once: it takes so long that chance evens out.
        naive: [await play('naive')],
      };
      const seconds = (peer: Peer) => median(results[peer].map(({ ms }) => ms / 1000));
      const cpu = (peer: Peer) => cpuPerSession(results[peer], scene.stale);
      return {
        title: 'A whole sweep',
        text: describe(scene),
        tables: [
          {
            head: ['', 'seconds', 'ours against it', 'sessions a second', 'CPU a session', 'ours against it'],
            rows: (Object.keys(NAMES) as Peer[]).map((peer) => [
              NAMES[peer],
              withSpread(
                results[peer].map(({ ms }) => ms / 1000),
                2,
              ),
              (seconds('ours') / seconds(peer)).toFixed(2),
              inWords(scene.stale / seconds(peer)),
              `${inWords(cpu(peer))} µs`,
              (cpu('ours') / cpu(peer)).toFixed(2),
            ]),
          },
        ],
        bars: [
          atMost("the time of a sweep against the floor's", FLOOR_BAR, seconds('ours') / seconds('floor')),
          atMost("the CPU of a swept session against the floor's", CPU_BAR, cpu('ours') / cpu('floor')),
          atLeast("the speed of a sweep against the naive one's", NAIVE_BAR, seconds('naive') / seconds('ours')),
        ],
      };
    } finally {
      await stage.stop();
    }
  },
};

function cpuPerSession(swept: Swept[], sessions: number): number {
  return median(swept.map(({ cpuMs }) => (cpuMs / sessions) * 1000));
}

function describe({ stale, fresh, latencyMs, concurrency }: (typeof SCENES)[Size]): string[] {
  return [
    `${inWords(stale)} stale sessions among ${inWords(stale + fresh)} rows in the storage emulator, which has a process of its own, as has ` +
      `the cluster; ${concurrency} calls to the cluster at once, ${latencyMs} ms each. Each sweep has a fresh process: its own warming up counts.`,
    '*The floor* makes the same calls with the same packages and no logic at all. Nothing waits for anything but for the list: no DELETE ' +
      'for its guard, no row for its outcome, no storage for the cluster. *With undici* it calls the cluster with the fastest client on this ' +
      'runtime in place of node-fetch. *The naive sweep* is one loop: list all, then DELETE and update one row after the other; it was ' +
      'measured once.',
    'The storage emulator does its work in one thread, and has less of the machine than a storage account has of Azure: a part of all ' +
      'times is its own.',
  ];
}
