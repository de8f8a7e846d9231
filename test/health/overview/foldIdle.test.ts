import { describe, expect, it } from '@jest/globals';
import type { SweepOverview } from '../../../src/cleanup/combineRuns.ts';
import { noOutcomes } from '../../../src/cleanup/model/outcomeKind.ts';
import { foldIdle } from '../../../src/health/overview/foldIdle.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 20, 12, minute));

const sweep = (minute: number, columns: Partial<SweepOverview> = {}): SweepOverview => ({
  ...{ sweepId: `sweep ${minute}`, trigger: 'timer', startedAt: at(minute), endedAt: at(minute), dryRun: false },
  ...{ parts: { expected: 1, ended: 1, completed: 1 }, scanned: 3, outcomes: noOutcomes(), bytesFreed: 0 },
  stoppedBy: 'completed',
  ...columns,
});

describe('sweeps in a list', () => {
  it('are combined if they are consecutive and had nothing to do', () => {
    const busy = sweep(30, { outcomes: { ...noOutcomes(), deleted: 1 } });

    expect(foldIdle([sweep(45), sweep(40), sweep(35), busy, sweep(25)])).toEqual([
      { idle: { count: 3, firstAt: at(35), lastAt: at(45) } },
      { sweep: busy },
      { idle: { count: 1, firstAt: at(25), lastAt: at(25) } },
    ]);
  });

  it.each([
    ['failed', { stoppedBy: 'accessDenied' as const }],
    ['has parts that did not end', { stoppedBy: undefined }],
    ['was a dry run', { dryRun: true }],
    ['reports an error', { error: 'A row could not be written.' }],
  ])('are not combined if one %s', (_, columns) => {
    expect(foldIdle([sweep(1, columns)])).toEqual([{ sweep: expect.objectContaining({ sweepId: 'sweep 1' }) }]);
  });
});
