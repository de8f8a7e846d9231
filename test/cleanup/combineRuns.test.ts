import { describe, expect, it } from '@jest/globals';
import { combineRuns } from '../../src/cleanup/combineRuns.ts';
import { noOutcomes } from '../../src/cleanup/model/outcomeKind.ts';
import type { RunRecord } from '../../src/cleanup/model/runRecord.ts';
import type { StopReason } from '../../src/cleanup/model/stopReason.ts';
import { MINUTE, NOW } from '../doubles/memoryPorts.ts';

const minutesLater = (minutes: number) => new Date(NOW.getTime() + minutes * MINUTE);

const run = (columns: Partial<RunRecord>): RunRecord => ({
  runId: 'a-part',
  sweepId: 'a-sweep',
  trigger: 'queue',
  startedAt: NOW,
  durationMs: 1000,
  scanned: 1,
  stale: 1,
  outcomes: { ...noOutcomes(), deleted: 1 },
  bytesFreed: 10,
  dryRun: false,
  stoppedBy: 'completed',
  ...columns,
});

const beginning = run({
  runId: 'a-sweep',
  trigger: 'timer',
  parts: 2,
  durationMs: 0,
  scanned: 0,
  outcomes: noOutcomes(),
  bytesFreed: 0,
  stoppedBy: 'fannedOut',
});
const first = run({ partition: 'p-0', startedAt: minutesLater(1) });
const second = run({ partition: 'p-1', startedAt: minutesLater(2), outcomes: { ...noOutcomes(), notFound: 3 } });

describe('the combined runs of one sweep', () => {
  it('are the sum of what they did, from the first beginning to the last end', () => {
    expect(combineRuns([second, beginning, first])).toEqual({
      sweepId: 'a-sweep',
      trigger: 'timer',
      startedAt: NOW,
      endedAt: new Date(minutesLater(2).getTime() + 1000),
      dryRun: false,
      parts: { expected: 2, ended: 2, completed: 2 },
      scanned: 2,
      outcomes: { ...noOutcomes(), deleted: 1, notFound: 3 },
      bytesFreed: 20,
      stoppedBy: 'completed',
    });
  });

  it('have no stop reason until every part has ended', () => {
    expect(combineRuns([beginning, first])).toMatchObject({
      parts: { expected: 2, ended: 1, completed: 1 },
      stoppedBy: undefined,
    });
    expect(combineRuns([beginning])).toMatchObject({ parts: { ended: 0 }, stoppedBy: undefined });
  });

  it('have no stop reason if the run that began the sweep is missing', () => {
    expect(combineRuns([first, second])).toMatchObject({
      parts: { expected: undefined, ended: 2 },
      stoppedBy: undefined,
    });
  });

  it('end as the worst part did, and say why', () => {
    const worst = (...endings: StopReason[]) =>
      combineRuns([
        { ...beginning, parts: endings.length },
        ...endings.map((stoppedBy, n) => run({ partition: `p-${n}`, stoppedBy, error: `${stoppedBy} happened` })),
      ]);

    expect(worst('completed', 'clusterUnavailable', 'timeBudget')).toMatchObject({
      stoppedBy: 'clusterUnavailable',
      error: 'clusterUnavailable happened',
    });
    expect(worst('accessDenied', 'clusterUnavailable')?.stoppedBy).toBe('accessDenied');
    expect(worst('limit', 'completed')?.stoppedBy).toBe('limit');
    expect(worst('accessDenied', 'error')?.stoppedBy).toBe('error');
  });

  it('count a part once that was tried again, by its newest run, with all that its runs did', () => {
    const failed = { ...second, startedAt: minutesLater(1), stoppedBy: 'error', error: 'storage' } as const;

    expect(combineRuns([beginning, second, failed, first])).toMatchObject({
      parts: { expected: 2, ended: 2, completed: 2 },
      outcomes: { deleted: 1, notFound: 6 },
      stoppedBy: 'completed',
    });
    expect(combineRuns([beginning, second, failed, first])).not.toHaveProperty('error');
  });

  it('are one part if the sweep was not fanned out; a dry run has the bytes that a sweep would free', () => {
    const whole = run({ runId: 'a-sweep', trigger: 'http', dryRun: true, bytesToFree: 7, stoppedBy: 'timeBudget' });

    expect(combineRuns([whole])).toMatchObject({
      trigger: 'http',
      dryRun: true,
      parts: { expected: 1, ended: 1, completed: 0 },
      bytesToFree: 7,
      stoppedBy: 'timeBudget',
    });
  });

  it('are undefined if there are none', () => {
    expect(combineRuns([])).toBeUndefined();
  });
});
