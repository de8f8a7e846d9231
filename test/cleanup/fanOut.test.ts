import { describe, expect, it } from '@jest/globals';
import { fannedOut, lostPart, standingOf } from '../../src/cleanup/fanOut.ts';
import type { Run } from '../../src/cleanup/record.ts';
import { NOW } from '../doubles/memoryPorts.ts';

const RUN: Run = { runId: 'a-run', trigger: 'timer', startedAt: NOW };

describe('a partition that was asked to be swept', () => {
  it.each([
    ['completed', 'done'],
    ['timeBudget', 'due'],
    ['limit', 'due'],
    ['aborted', 'due'],
    ['error', 'due'],
    ['clusterUnavailable', 'left'],
    ['accessDenied', 'left'],
    ['unsupportedCluster', 'left'],
    ['clockSkew', 'left'],
    ['a word of a later version', 'due'],
  ])('after a run since then that ended %s is %s', (stoppedBy, standing) => {
    expect(standingOf({ stoppedBy, dryRun: false }, false)).toBe(standing);
  });

  it('is due when there was no run since then, and after a dry run when it is to be swept indeed', () => {
    expect(standingOf(undefined, false)).toBe('due');
    expect(standingOf({ stoppedBy: 'completed', dryRun: true }, false)).toBe('due');
    expect(standingOf({ stoppedBy: 'completed', dryRun: true }, true)).toBe('done');
  });
});

describe('the runs around the queue', () => {
  it('say how many parts there are, and share their sweep', () => {
    expect(fannedOut(RUN, 16, true)).toMatchObject({
      sweepId: 'a-run',
      parts: 16,
      stoppedBy: 'fannedOut',
      dryRun: true,
    });
    expect(lostPart({ ...RUN, sweepId: 'a-sweep', partition: 'p' }, 'why')).toMatchObject({
      sweepId: 'a-sweep',
      partition: 'p',
      stoppedBy: 'error',
      error: 'why',
    });
  });
});
