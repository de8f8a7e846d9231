import { describe, expect, it } from '@jest/globals';
import { noOutcomes } from '../../../src/cleanup/model/outcomeKind.ts';
import type { RunRecord } from '../../../src/cleanup/model/runRecord.ts';
import { clusterParts } from '../../../src/health/overview/clusterParts.ts';

const AT = new Date('2026-11-20T12:00:00.000Z');

const run = (verdict?: NonNullable<RunRecord['probe']>['verdict']): RunRecord => ({
  ...{ runId: 'r', sweepId: 'r', trigger: 'timer', startedAt: AT, durationMs: 1, scanned: 0, stale: 0 },
  ...{ outcomes: noOutcomes(), bytesFreed: 0, dryRun: false, stoppedBy: 'completed' },
  ...(verdict && { probe: { at: AT, verdict } }),
});

const statuses = (runs: RunRecord[]) => clusterParts(runs).map(({ status }) => status);

describe('the checks of the cluster by the newest probe of a sweep', () => {
  it.each([
    ['good', ['ok', 'ok']],
    ['accessDenied', ['ok', 'failed']],
    ['clusterUnavailable', ['failed', 'skipped']],
    ['clockSkew', ['failed', 'skipped']],
  ] as const)('is, after a probe that was %s, %j', (verdict, expected) => {
    // A run that did not probe is skipped.
    expect(statuses([run(), run(verdict), run('clusterUnavailable')])).toEqual(expected);
    expect(clusterParts([run(verdict)])[0].checkedAt).toEqual(AT);
  });

  it('are unknown before the first probe', () => {
    expect(statuses([run()])).toEqual(['skipped', 'skipped']);
    expect(clusterParts([])[0]).toMatchObject({
      checkedAt: undefined,
      detail: expect.stringMatching(/Not probed yet/),
    });
  });
});
