import { describe, expect, it } from '@jest/globals';
import type { RunRecord } from '../../../src/cleanup/model/runRecord.ts';
import type { StopReason } from '../../../src/cleanup/model/stopReason.ts';
import type { Overview } from '../../../src/health/overview/overview.ts';
import type { SessionOverview } from '../../../src/health/overview/readSessions.ts';
import { verdictOf } from '../../../src/health/overview/verdict.ts';
import { parseSchedule } from '../../../src/settings/schedule.ts';
import { aRun, type RunColumns } from '../../doubles/runRecord.ts';

const NOW = new Date('2026-11-22T12:00:00.000Z');
const minutesAgo = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);

const run = (minutes: number, columns: RunColumns = {}) =>
  aRun({
    ...{ runId: `run ${minutes}`, startedAt: minutesAgo(minutes), durationMs: 9, scanned: 1 },
    ...{ outcomes: { deleted: 1 }, bytesFreed: 1 },
    ...columns,
  });

const sessions = (givenUp: number, columns: Partial<SessionOverview> = {}): SessionOverview => ({
  countedAt: NOW,
  counts: {
    ...{ stale: { count: 3, more: false }, waiting: { count: 1, more: false }, active: { count: 5000, more: true } },
    givenUp: { count: givenUp, more: givenUp >= 5000 },
  },
  failing: { count: 0, more: false, since: undefined },
  oldestUntried: minutesAgo(20),
  oldestStale: minutesAgo(20),
  ...columns,
});

const EVERY_FIVE = parseSchedule('0 */5 * * * *');
if (!EVERY_FIVE) throw new Error('The schedule of this test is not one.');
const schedule = EVERY_FIVE;

const everyFive = (from = 4) => Array.from({ length: 20 }, (_, n) => run(from + 5 * n));

function overview(parts: { runs?: RunRecord[]; givenUp?: number } & Partial<Overview> = {}): Overview {
  const { runs = everyFive(), givenUp = 0, ...rest } = parts;
  return {
    ...{
      readAt: NOW,
      clusterName: 'farm',
      dryRun: false,
      staleAfterMs: 900_000,
      timer: schedule,
      upSince: minutesAgo(10_000),
    },
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
  it('is well if all parts answer, sweeps complete and no session needs manual action', () => {
    expect(told(overview())).toEqual(['well']);
  });

  it.each<[StopReason, string, RegExp]>([
    ['clusterUnavailable', 'failing', /Check CLUSTER_ENDPOINTS/],
    ['accessDenied', 'failing', /Check CLUSTER_AUTH/],
    ['unsupportedCluster', 'failing', /Linux/],
    ['clockSkew', 'failing', /Correct the clocks/],
    ['timeBudget', 'attention', /next sweep continues/],
  ])('of a last sweep that ended by %s is %s, with advice', (stoppedBy, level, advice) => {
    const verdict = verdictOf(overview({ runs: [run(1, { stoppedBy, error: 'It said no.' }), ...everyFive()] }));

    expect(verdict).toMatchObject({ level, reasons: [{ advice: expect.stringMatching(advice) }] });
    if (level === 'failing') expect(verdict.reasons[0]?.what).toBe('The last sweep failed: It said no.');
  });

  it('of an error is failing with its message, and of a limit or a restart it is well', () => {
    const ended = (stoppedBy: StopReason) =>
      told(overview({ runs: [run(1, { stoppedBy, error: 'ENOSPC' }), ...everyFive()] }));

    expect(ended('error')).toEqual(['failing', 'The last sweep failed: ENOSPC']);
    expect(ended('limit')).toEqual(['well']);
    expect(ended('aborted')).toEqual(['well']);
  });

  it('goes by the last real sweep, not by a later dry run on request', () => {
    const dry = run(0, { trigger: 'http', dryRun: true });

    expect(told(overview({ runs: [dry, run(1, { stoppedBy: 'accessDenied' }), ...everyFive()] }))[0]).toBe('failing');
    expect(told(overview({ runs: [run(1, { stoppedBy: 'accessDenied', dryRun: true })] }))[0]).toBe('failing');
  });

  it('keeps the failure of a scheduled sweep until a whole sweep on request found the cluster healthy', () => {
    const failed = run(2, { stoppedBy: 'accessDenied', error: 'It said no.' });
    const levelAfter = (columns: RunColumns) =>
      told(overview({ runs: [run(1, { trigger: 'http', ...columns }), failed, ...everyFive(7)] }))[0];
    const probe = { at: minutesAgo(1), verdict: 'good' } as const;

    expect(levelAfter({})).toBe('failing');
    expect(levelAfter({ probe })).toBe('failing');
    expect(levelAfter({ resumable: true })).toBe('failing');
    expect(levelAfter({ resumable: true, probe, stoppedBy: 'limit' })).toBe('failing');
    expect(levelAfter({ resumable: true, probe })).toBe('well');
  });

  it('is failing for a failed sweep on request', () => {
    const failed = run(1, { trigger: 'cli', stoppedBy: 'error', error: 'ENOSPC' });

    expect(told(overview({ runs: [failed, ...everyFive()] }))).toEqual(['failing', 'The last sweep failed: ENOSPC']);
  });

  it('needs attention if not all sessions were read', () => {
    const value = sessions(0);
    value.counts.stale.more = true;

    expect(told(overview({ sessions: { value } }))).toEqual([
      'attention',
      'At least 4 sessions are without activity. The others were not read, so failures among them are not shown.',
    ]);
  });

  it('needs attention for given-up sessions, and for a warning of a part', () => {
    const health: Overview['health'] = {
      status: 'up',
      checks: [{ name: 'settings', status: 'warning', detail: 'SWEEP_DRY_RUN is true: …' }],
    };

    expect(told(overview({ givenUp: 1 }))[1]).toMatch(/^1 session needs manual action/);
    expect(told(overview({ givenUp: 5000 }))[1]).toMatch(/^At least 5,000 sessions need manual action/);
    expect(told(overview({ health }))).toEqual(['attention', 'SWEEP_DRY_RUN is true: …']);
  });

  describe('of sessions that failed and wait', () => {
    const failing = (count: number, since: number, more = false) => ({
      sessions: { value: sessions(0, { failing: { count, more, since: minutesAgo(since) } }) },
    });
    const nothingDeleted = everyFive().map((one) => ({ ...one, outcomes: aRun().outcomes }));

    it('needs attention, although nothing is due and the last sweep had no failure', () => {
      expect(told(overview(failing(3, 60)))).toEqual([
        ...['attention', '3 sessions failed and will be retried. The first failure was 60 min ago.'],
      ]);
      expect(told(overview(failing(1, 60)))[1]).toMatch(/^1 session failed/);
      expect(told(overview(failing(5000, 60, true)))[1]).toMatch(/^At least 5,000 sessions failed/);
    });

    it('is failing if no sweep has deleted anything since the first of those failures', () => {
      expect(told(overview({ ...failing(3, 60), runs: nothingDeleted }))).toEqual([
        ...[
          'failing',
          '3 sessions failed and will be retried. The first failure was 60 min ago, and nothing was deleted since.',
        ],
      ]);
      const before = [...nothingDeleted, run(120, { outcomes: { deleted: 9 } })];
      expect(told(overview({ ...failing(3, 60), runs: before }))[0]).toBe('failing');
      const dry = [run(1, { dryRun: true, outcomes: { deleted: 9 } }), ...nothingDeleted];
      expect(told(overview({ ...failing(3, 60), runs: dry }))[0]).toBe('failing');
    });
  });

  describe('of a backlog', () => {
    const untried = (minutes: number, more = false) => {
      const value = sessions(0, { oldestUntried: minutesAgo(minutes) });
      if (more) value.counts.stale.more = true;
      return overview({ sessions: { value } });
    };

    it('needs attention if more than three scheduled sweeps did not reach a stale session', () => {
      // Stale after 15 min, swept every 5: due at -20 min, and four sweeps since then.
      expect(told(untried(29))).toEqual(['well']);
      expect(told(untried(36))[1]).toMatch(/^Sweeps do not keep up: .* for 36 min\.$/);
      expect(told(untried(360, true))[1]).toMatch(/for at least 6 h/);
    });
  });

  it('needs attention if the last scheduled sweep is longer ago than the usual interval', () => {
    const nightly = [1, 2, 3, 4].map((nights) => run(nights * 1440 - 60));

    expect(told(overview({ runs: everyFive(19) }))).toEqual(['well']);
    expect(told(overview({ runs: everyFive(21) }))).toEqual([
      ...['attention', 'The last scheduled sweep was 21 min ago; usually there is one every 5 min.'],
    ]);
    expect(told(overview({ runs: [run(1, { trigger: 'http' }), ...everyFive(180)] }))[1]).toMatch(/was 3 h ago/);
    expect(told(overview({ runs: nightly }))).toEqual(['well']);
    expect(told(overview({ runs: [run(60)] }))).toEqual(['well']);
    expect(told(overview({ runs: [run(3000)] }))[1]).toBe('The last scheduled sweep was 2 days ago.');
    expect(told(overview({ runs: [run(1, { trigger: 'http' })] }))[1]).toMatch(/^No scheduled sweep recorded/);
  });

  describe('of a sweep that was fanned out', () => {
    const begun = (minutes: number) => run(minutes, { sweepId: `${minutes}`, stoppedBy: 'fannedOut', parts: 16 });
    const part = (minutes: number, n: number, columns: RunColumns = {}) =>
      run(minutes - 1 - n / 100, { sweepId: `${minutes}`, trigger: 'queue', partition: `farm-${n}`, ...columns });
    const whole = (minutes: number, ...others: RunRecord[]) =>
      [...Array.from({ length: 16 }, (_, n) => part(minutes, n)), ...others, begun(minutes)].sort(
        (a, b) => b.startedAt.getTime() - a.startedAt.getTime(),
      );

    it('is well if all its parts are, which do not count as scheduled sweeps', () => {
      expect(told(overview({ runs: [59, 119, 179, 239].flatMap((minutes) => whole(minutes)) }))).toEqual(['well']);
    });

    it('is failing if a single part was stopped, and well again after a later try of it', () => {
      const stopped = part(4, 7, { startedAt: minutesAgo(3.5), stoppedBy: 'accessDenied', error: 'It said no.' });
      const again = part(4, 7, { startedAt: minutesAgo(0.5) });
      const others = whole(4).filter(({ partition }) => partition !== 'farm-7');

      expect(told(overview({ runs: [...others, stopped] }))).toEqual([
        ...['failing', 'The last sweep failed: It said no.'],
      ]);
      expect(told(overview({ runs: [again, ...others, stopped] }))).toEqual(['well']);
    });

    it('needs attention for parts that did not run in time, and is failing if none did', () => {
      const without = (n: number) => whole(30).filter(({ partition }) => partition !== `farm-${n}`);

      expect(told(overview({ runs: without(7) }))[1]).toBe('1 of 16 parts of the sweep 30 min ago did not run.');
      expect(told(overview({ runs: [begun(1), ...whole(30)] }))).toEqual(['well']);
      expect(told(overview({ runs: [59, 119, 179].map((minutes) => begun(minutes)) }))).toEqual([
        ...['failing', 'None of the 16 parts of the sweep 59 min ago ran.'],
      ]);
    });

    it('goes by the sweep before it until one of its parts has ended', () => {
      const stopped = part(9, 3, { startedAt: minutesAgo(5), stoppedBy: 'error', error: 'ENOSPC' });

      expect(told(overview({ runs: [begun(1), stopped, begun(9)] }))[0]).toBe('failing');
    });
  });

  it('does not report a missing first sweep too early', () => {
    const started = (minutes: number) => told(overview({ runs: [], upSince: minutesAgo(minutes) }));

    expect(started(1)).toEqual(['well']);
    expect(started(16)).toEqual(['attention', 'No scheduled sweep recorded.']);
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
    expect(verdict.reasons.map(({ level }) => level)).toEqual(['failing', 'failing', 'attention']);
    expect(verdict.reasons[0]?.what).toBe('The cluster: Nothing listens there.');
    expect(JSON.stringify(verdict)).not.toContain('secret');
  });

  it('warns of a disk with less than a tenth free, as the newest run that asked found it', () => {
    const store = (availableBytes: number) => ({ stagedBytes: 0, stagedFiles: 0, capacityBytes: 1000, availableBytes });
    const found = (newest: RunColumns['store'], older?: RunColumns['store']) =>
      told(overview({ runs: [run(1), run(4, { store: newest }), run(9, { store: older }), ...everyFive(14)] }));

    expect(found(store(99))).toEqual(['attention', 'The image store: 0 B staged in 0 files; disk 90 % full.']);
    expect(found(store(100), store(0))).toEqual(['well']);
    expect(found('unknown', store(0))).toEqual(['well']);
    expect(found(undefined, { ...store(0), capacityBytes: 0 })).toEqual(['well']);
  });
});
