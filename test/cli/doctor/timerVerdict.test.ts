import { describe, expect, it } from '@jest/globals';
import type { StopReason } from '../../../src/cleanup/model/stopReason.ts';
import type { Trigger } from '../../../src/cleanup/model/trigger.ts';
import { judgeTimer } from '../../../src/cli/doctor/timerVerdict.ts';
import { aRun } from '../../doubles/runRecord.ts';

const MINUTE = 60_000;
const NOW = new Date('2026-11-22T10:00:00Z');

const run = (minutesAgo: number, stoppedBy: StopReason = 'completed', trigger: Trigger = 'timer') =>
  aRun({ trigger, startedAt: new Date(NOW.getTime() - minutesAgo * MINUTE), stoppedBy });

describe('judgeTimer', () => {
  it('is content with a timer that swept as often as it did before', () => {
    expect(judgeTimer([run(4), run(9), run(14)], NOW)).toEqual({
      status: 'ok',
      detail: 'The last sweep on the schedule began 4 min ago: completed.',
    });
  });

  it('is content with a long pause that there was before, as at night', () => {
    expect(judgeTimer([run(700), run(705), run(1425)], NOW).status).toBe('ok');
  });

  it('calls a timer overdue that is silent for much longer than ever before, whoever else swept meanwhile', () => {
    const verdict = judgeTimer([run(1, 'completed', 'cli'), run(21), run(26), run(31)], NOW);

    expect(verdict).toMatchObject({ status: 'warning', advice: expect.stringContaining('sweepStaleSessions') });
    expect(verdict.detail).toMatch(/21 min ago; as a rule they are 5 min apart. The timer is overdue./);
  });

  it('misses a timer that never swept', () => {
    expect(judgeTimer([run(1, 'completed', 'http')], NOW)).toMatchObject({
      status: 'warning',
      detail: 'No sweep on the schedule is on record.',
    });
  });

  it('tells what to do where the last sweep was stopped', () => {
    expect(judgeTimer([run(1, 'accessDenied')], NOW)).toMatchObject({
      status: 'warning',
      detail: expect.stringContaining('accessDenied'),
      advice: expect.stringContaining('CLUSTER_AUTH'),
    });
    expect(judgeTimer([run(1, 'timeBudget')], NOW).status).toBe('ok');
  });
});
