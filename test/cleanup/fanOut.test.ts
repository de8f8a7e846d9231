import { describe, expect, it } from '@jest/globals';
import { beginFanOut, lostPart, standingOf } from '../../src/cleanup/fanOut.ts';
import type { Run } from '../../src/cleanup/model/run.ts';
import { failure, MINUTE, memoryPorts, NOW } from '../doubles/memoryPorts.ts';

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
  ] as const)('after a run since then that ended %s is %s', (stoppedBy, standing) => {
    expect(standingOf({ stoppedBy, dryRun: false }, false)).toBe(standing);
  });

  it('is due if no run followed, or only a dry run', () => {
    expect(standingOf(undefined, false)).toBe('due');
    expect(standingOf({ stoppedBy: 'completed', dryRun: true }, false)).toBe('due');
    expect(standingOf({ stoppedBy: 'completed', dryRun: true }, true)).toBe('done');
  });
});

describe('the runs around the queue', () => {
  const rules = { partitions: ['a', 'b'], dryRun: true, maxClockSkewMs: MINUTE };
  const signal = new AbortController().signal;

  it('begin the sweep with the number of its parts, when the cluster works', async () => {
    const ports = memoryPorts();

    const summary = await beginFanOut(ports, rules, RUN, signal);

    expect(summary).toMatchObject({ sweepId: 'a-run', parts: 2, stoppedBy: 'fannedOut', dryRun: true });
    expect(ports.runs).toEqual([summary]);
  });

  it('say why the sweep did not begin, when the cluster does not work', async () => {
    const ports = memoryPorts();
    ports.probes = [{ verdict: 'clusterUnavailable', error: failure() }];

    const summary = await beginFanOut(ports, rules, RUN, signal);

    expect(summary).toMatchObject({ stoppedBy: 'clusterUnavailable', error: 'The cluster is busy.' });
    expect(summary).not.toHaveProperty('parts');
    expect(ports.runs).toEqual([summary]);
  });

  it('share the sweep of a part that was lost', () => {
    expect(lostPart({ ...RUN, sweepId: 'a-sweep', partition: 'p' }, 'why')).toMatchObject({
      sweepId: 'a-sweep',
      partition: 'p',
      stoppedBy: 'error',
      error: 'why',
    });
  });
});
