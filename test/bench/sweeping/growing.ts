import { atMost, type Bar, type Benchmark, type Section, type Size } from '../benchmark.ts';
import { inWords, median, withSpread } from '../rounds.ts';
import { type MeasuredSweep, measureSweep, type SweepCase } from './measureSweep.ts';

interface Step {
  stale: number;
  fresh: number;
  /** 1 for large steps, which take so long that one measurement is enough. */
  rounds: number;
}

/** Half of an instance of 2 GiB. */
const HEAP_MIB = 1024;

const STEPS: Record<Size, [small: Step, middle: Step, large: Step, sparse: Step]> = {
  tiny: [
    { stale: 10, fresh: 0, rounds: 1 },
    { stale: 20, fresh: 0, rounds: 1 },
    { stale: 120, fresh: 0, rounds: 1 },
    { stale: 2, fresh: 198, rounds: 1 },
  ],
  quick: [
    { stale: 300, fresh: 0, rounds: 1 },
    { stale: 1_000, fresh: 0, rounds: 1 },
    { stale: 10_000, fresh: 0, rounds: 1 },
    { stale: 100, fresh: 9_900, rounds: 1 },
  ],
  full: [
    { stale: 1_000, fresh: 0, rounds: 3 },
    { stale: 10_000, fresh: 0, rounds: 3 },
    { stale: 100_000, fresh: 0, rounds: 1 },
    { stale: 1_000, fresh: 99_000, rounds: 1 },
  ],
};

const MEMORY_BAR = 1.2;
const TIME_BAR = 1.05;

const COMMON = { peer: 'ours', latencyMs: 10, concurrency: 32 } as const satisfies Partial<SweepCase>;

/** Memory and time by the number of sessions. */
export const growing: Benchmark = {
  name: 'growth',
  async run(bench): Promise<Section> {
    const measured: { step: Step; swept: MeasuredSweep[] }[] = [];
    for (const step of STEPS[bench.size]) {
      bench.progress(`growth: ${inWords(step.stale)} stale of ${inWords(step.stale + step.fresh)} rows`);
      const swept: MeasuredSweep[] = [];
      for (let round = 0; round < Math.min(step.rounds, bench.rounds); round += 1) {
        swept.push(await measureSweep({ ...COMMON, ...step, heapMiB: HEAP_MIB }, bench));
      }
      measured.push({ step, swept });
    }
    const rows = measured.map(({ step, swept }) => [
      `${inWords(step.stale)} stale of ${inWords(step.stale + step.fresh)} rows`,
      withSpread(swept.map(({ peakMiB }) => peakMiB)),
      withSpread(
        swept.map(({ ms }) => ms / 1000),
        1,
      ),
      withSpread(
        swept.map(({ ms }) => ms / step.stale),
        2,
      ),
      `${inWords(median(swept.map(({ cpuMs }) => (cpuMs / step.stale) * 1000)))} µs`,
    ]);
    const [small, middle, large] = measured;
    const bars: Bar[] = [];
    if (small && middle && large) {
      const peak = ({ swept }: typeof small) => median(swept.map(({ peakMiB }) => peakMiB));
      const perSession = ({ step, swept }: typeof small) => median(swept.map(({ ms }) => ms / step.stale));
      const [few, some, many] = [small, middle, large].map(({ step }) => inWords(step.stale));
      bars.push(
        atMost(`peak memory at ${many} stale rows against ${few}`, MEMORY_BAR, peak(large) / peak(small)),
        atMost(
          `time a session at ${many} stale rows against ${some}`,
          TIME_BAR,
          perSession(large) / perSession(middle),
        ),
      );
    }
    const head = ['rows', 'peak RSS, MiB', 'seconds', 'seconds a 1,000 sessions', 'CPU a session'];
    return { title: 'Memory and growth', text: TEXT, tables: [{ head, rows }], bars };
  },
};

const TEXT = [
  `One sweep, ${COMMON.concurrency} calls to the cluster at once, ${COMMON.latencyMs} ms each. The memory is the most that the ` +
    "sweep's process ever had, Node included.",
  `V8's heap is limited to ${inWords(HEAP_MIB)} MiB, half of the memory of a small instance. About 30 MiB are in use at any time, whatever the ` +
    'number of rows; how much garbage V8 keeps depends on the memory of the machine.',
];
