import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { atLeast, atMost, type Section } from './benchmark.ts';
import { BENCHMARKS } from './benchmarks.ts';
import { curlVersion } from './deleting/curl.ts';
import { exitCode, resultsPage } from './results.ts';
import { inRounds, median, withSpread } from './rounds.ts';
import { runOne } from './runAll.ts';
import { startTestbed } from './testbed.ts';

const TIMEOUT_MS = 120_000;

/** The first column of every table: what was measured. */
const ROWS: Record<string, string[][]> = {
  deleting: [['our client', 'undici Pool', 'node:http', 'node-fetch loop', 'built-in fetch', 'curl --parallel']],
  sweep: [['our sweep', 'the floor', 'the floor, with undici', 'the naive sweep']],
  growth: [['10 stale of 10 rows', '20 stale of 20 rows', '120 stale of 120 rows', '2 stale of 200 rows']],
  cold: [
    ['our bundle', 'empty handlers', 'the least deletion', 'the app written first'],
    ['bare Node', 'cli.js --version', 'cli.js --help'],
  ],
  calls: [['for each of 50 stale sessions']],
  fanout: [['1 host', '2 hosts']],
  status: [['our status', 'a bare listing']],
};

describe('each benchmark at the size tiny', () => {
  let testbed: Awaited<ReturnType<typeof startTestbed>>;
  beforeAll(async () => {
    testbed = await startTestbed();
  }, TIMEOUT_MS);
  afterAll(() => testbed.stop());

  // Each throws if a peer has not done all its work, according to the counts of the servers.
  it.each(BENCHMARKS.map((benchmark) => [benchmark.name, benchmark] as const))(
    '%s makes every peer do all its work, and reports every peer',
    async (name, benchmark) => {
      const section = await runOne(benchmark, { ...testbed, size: 'tiny', rounds: 1, progress: () => {} });

      const hasCurl = (await curlVersion()) !== undefined;
      const expected = ROWS[name]?.map((rows) => rows.filter((row) => hasCurl || !row.startsWith('curl')));
      expect(section.tables.map(({ rows }) => rows.map(([first]) => first))).toEqual(expected);
      for (const { head, rows } of section.tables) {
        for (const row of rows) {
          expect(row).toHaveLength(head.length);
          expect(row.join()).not.toMatch(/NaN|undefined|Infinity/);
        }
      }
      // Counts are the same at any size and on any machine; times are not.
      if (name === 'calls') expect(section.bars.filter(({ met }) => !met)).toEqual([]);
    },
    TIMEOUT_MS,
  );
});

describe('the rounds', () => {
  it('measure each peer, starting with a different one each time', async () => {
    const order: string[] = [];

    const results = await inRounds(['a', 'b', 'c'] as const, 3, async (peer, round) => {
      order.push(peer);
      return round;
    });

    expect(order.join('')).toBe('abcbcacab');
    expect(results).toEqual({ a: [0, 1, 2], b: [0, 1, 2], c: [0, 1, 2] });
  });

  it('are reported by their median, the smallest and the largest value', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(withSpread([1000, 3000, 2000])).toBe('2,000 (1,000 to 3,000)');
  });
});

describe('the results', () => {
  const section = (bars: Section['bars']): Section => ({ title: 'Some', text: [], tables: [], bars });

  it('say which bar is not met', () => {
    const page = resultsPage('npm run bench', [], [section([atLeast('speed', 0.9, 0.5), atMost('memory', 1.3, 1.1)])]);

    expect(page).toContain('**NOT MET: 1 of 2 bars** (speed).');
    expect(page).toMatch(/\| speed +\| at least 0.9 +\| +0.50 \| \*\*NO\*\* \|/);
    expect(page).toMatch(/\| memory +\| +at most 1.3 \| +1.10 \| +yes \|/);
  });

  it('fail the command if a bar is not met, except at the size tiny', () => {
    const [met, missed] = [section([atMost('memory', 1.2, 1.1)]), section([atMost('memory', 1.2, 1.3)])];

    expect(exitCode('full', [met, missed])).toBe(1);
    expect(exitCode('quick', [missed, met])).toBe(1);
    expect(exitCode('full', [met])).toBe(0);
    expect(exitCode('tiny', [missed])).toBe(0);
  });

  it('say that every bar is met', () => {
    expect(resultsPage('npm run bench', [], [section([atMost('memory', 1.3, 1.3)])])).toContain(
      'Every bar is met (1).',
    );
  });
});
