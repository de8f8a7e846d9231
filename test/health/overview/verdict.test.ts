import { describe, expect, it } from '@jest/globals';
import type { RunRecord } from '../../../src/cleanup/model/runRecord.ts';
import type { StopReason } from '../../../src/cleanup/model/stopReason.ts';
import type { Overview } from '../../../src/health/overview/overview.ts';
import type { SessionOverview } from '../../../src/health/overview/readSessions.ts';
import { verdictOf } from '../../../src/health/overview/verdict.ts';
import { aRun, type RunColumns } from '../../doubles/runRecord.ts';

const NOW = new Date('2026-11-22T12:00:00.000Z');
const minutesAgo = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);

const run = (minutes: number, columns: RunColumns = {}) =>
  aRun({
    ...{ runId: `run ${minutes}`, startedAt: minutesAgo(minutes), durationMs: 9, scanned: 1 },
    ...{ outcomes: { deleted: 1 }, bytesFreed: 1 },
    ...columns,
  });

const sessions = (givenUp: number): SessionOverview => ({
  countedAt: NOW,
  counts: {
    ...{ stale: { count: 3, more: false }, waiting: { count: 1, more: false }, active: { count: 5000, more: true } },
    givenUp: { count: givenUp, more: givenUp >= 5000 },
  },
  oldestStale: minutesAgo(20),
});

const everyFive = (from = 4) => Array.from({ length: 20 }, (_, n) => run(from + 5 * n));

function overview(parts: { runs?: RunRecord[]; givenUp?: number } & Partial<Overview> = {}): Overview {
  const { runs = everyFive(), givenUp = 0, ...rest } = parts;
  return {
    ...{ readAt: NOW, clusterName: 'farm', dryRun: false, staleAfterMs: 900_000 },
    health: { status: 'up', checks: [{ name: 'settings', status: 'ok' }] },
    sessions: { value: sessions(givenUp) },
    history: { value: { runs } },
    ...rest,
  };
}

const told = (given: Overview) => {
  const { level, reasons } = verdictOf(given);
  return [level, ...reasons.map(({ what }) => what)];
};

describe('the verdict', () => {
  it('is well when all parts answer, sweeps end as they must and no session waits for a person', () => {
    expect(told(overview())).toEqual(['well']);
  });

  it.each<[StopReason, string, RegExp]>([
    ['clusterUnavailable', 'failing', /Check CLUSTER_ENDPOINTS/],
    ['accessDenied', 'failing', /Check CLUSTER_AUTH/],
    ['unsupportedCluster', 'failing', /Linux/],
    ['clockSkew', 'failing', /Correct the clocks/],
    ['timeBudget', 'look', /next sweep goes on/],
  ])('of a last sweep that ended by %s is %s, with what to do', (stoppedBy, level, advice) => {
    const verdict = verdictOf(overview({ runs: [run(1, { stoppedBy, error: 'It said no.' }), ...everyFive()] }));

    expect(verdict).toMatchObject({ level, reasons: [{ advice: expect.stringMatching(advice) }] });
    if (level === 'failing')
      expect(verdict.reasons[0]?.what).toBe(`The last sweep was stopped (${stoppedBy}). It said no.`);
  });

  it('of a fault is failing with what it said, and of a limit or a restart it is well', () => {
    const ended = (stoppedBy: StopReason) =>
      told(overview({ runs: [run(1, { stoppedBy, error: 'ENOSPC' }), ...everyFive()] }));

    expect(ended('error')).toEqual(['failing', 'The last sweep was stopped (error). ENOSPC']);
    expect(ended('limit')).toEqual(['well']);
    expect(ended('aborted')).toEqual(['well']);
  });

  it('goes by the last real sweep, whatever dry run somebody asked for since', () => {
    const dry = run(0, { trigger: 'http', dryRun: true });

    expect(told(overview({ runs: [dry, run(1, { stoppedBy: 'accessDenied' }), ...everyFive()] }))[0]).toBe('failing');
    expect(told(overview({ runs: [run(1, { stoppedBy: 'accessDenied', dryRun: true })] }))[0]).toBe('failing');
  });

  it('wants a look for failed sessions, for given-up ones, and for what the settings deserve a word for', () => {
    const health: Overview['health'] = {
      status: 'up',
      checks: [{ name: 'settings', status: 'ok', detail: 'SWEEP_DRY_RUN is true: …' }],
    };

    expect(told(overview({ runs: [run(1, { outcomes: { failed: 2 } }), ...everyFive()] }))).toEqual([
      ...['look', '2 sessions failed in the last sweep.'],
    ]);
    expect(told(overview({ givenUp: 1 }))[1]).toMatch(/^1 session waits for a person/);
    expect(told(overview({ givenUp: 5000 }))[1]).toMatch(/^5,000 or more sessions wait for a person/);
    expect(told(overview({ health }))).toEqual(['look', 'SWEEP_DRY_RUN is true: …']);
  });

  it('wants a look when the schedule is silent for longer than its own pauses', () => {
    const nightly = [1, 2, 3, 4].map((nights) => run(nights * 1440 - 60));

    expect(told(overview({ runs: everyFive(19) }))).toEqual(['well']);
    expect(told(overview({ runs: everyFive(21) }))).toEqual([
      ...['look', 'The last sweep of the schedule was 21 min ago; they usually come every 5 min.'],
    ]);
    expect(told(overview({ runs: [run(1, { trigger: 'http' }), ...everyFive(180)] }))[1]).toMatch(/was 3 h ago/);
    expect(told(overview({ runs: nightly }))).toEqual(['well']);
    expect(told(overview({ runs: [run(60)] }))).toEqual(['well']);
    expect(told(overview({ runs: [run(3000)] }))[1]).toBe('The last sweep of the schedule was 2 days ago.');
    expect(told(overview({ runs: [run(1, { trigger: 'http' })] }))[1]).toMatch(/^No sweep of the schedule/);
  });

  describe('of a sweep that was fanned out', () => {
    const begun = (minutes: number) => run(minutes, { sweepId: `${minutes}`, stoppedBy: 'fannedOut', parts: 16 });
    const part = (minutes: number, n: number, columns: RunColumns = {}) =>
      run(minutes - 1 - n / 100, { sweepId: `${minutes}`, trigger: 'queue', partition: `farm-${n}`, ...columns });
    const whole = (minutes: number, ...others: RunRecord[]) =>
      [...Array.from({ length: 16 }, (_, n) => part(minutes, n)), ...others, begun(minutes)].sort(
        (a, b) => b.startedAt.getTime() - a.startedAt.getTime(),
      );

    it('is well when all its parts are, and takes none of them for a sweep of the schedule', () => {
      expect(told(overview({ runs: [59, 119, 179, 239].flatMap((minutes) => whole(minutes)) }))).toEqual(['well']);
    });

    it('is failing with a single part that was stopped, and well again when another try of it was not', () => {
      const stopped = part(4, 7, { startedAt: minutesAgo(3.5), stoppedBy: 'accessDenied', error: 'It said no.' });
      const again = part(4, 7, { startedAt: minutesAgo(0.5) });
      const others = whole(4).filter(({ partition }) => partition !== 'farm-7');

      expect(told(overview({ runs: [...others, stopped] }))).toEqual([
        ...['failing', 'The last sweep was stopped (accessDenied). It said no.'],
      ]);
      expect(told(overview({ runs: [again, ...others, stopped] }))).toEqual(['well']);
    });

    it('goes by the sweep before while none of its parts has ended', () => {
      const stopped = part(9, 3, { startedAt: minutesAgo(5), stoppedBy: 'error', error: 'ENOSPC' });

      expect(told(overview({ runs: [begun(1), stopped, begun(9)] }))[0]).toBe('failing');
    });
  });

  it('is failing for a part that does not answer or could not be read, the worst first', () => {
    const verdict = verdictOf(
      overview({
        health: { status: 'down', checks: [{ name: 'cluster', status: 'failed', detail: 'Nothing listens there.' }] },
        sessions: { error: new Error('a secret of the storage') },
        runs: everyFive(60),
      }),
    );

    expect(verdict.level).toBe('failing');
    expect(verdict.reasons.map(({ level }) => level)).toEqual(['failing', 'failing', 'look']);
    expect(verdict.reasons[0]?.what).toBe('The cluster: Nothing listens there.');
    expect(JSON.stringify(verdict)).not.toContain('secret');
  });
});
