import { describe, expect, it } from '@jest/globals';
import { nextSweep } from '../../../src/health/overview/nextSweep.ts';

const NOW = new Date('2026-11-20T12:03:00.000Z');

describe('the next sweep', () => {
  it('follows the schedule, or the default schedule if none is set', () => {
    expect(nextSweep(NOW, { SWEEP_SCHEDULE: '0 */20 * * * *' }).nextAt).toEqual(new Date('2026-11-20T12:20:00.000Z'));
    expect(nextSweep(NOW, { SWEEP_SCHEDULE: ' ' }).nextAt).toEqual(new Date('2026-11-20T12:05:00.000Z'));
  });

  it.each(['AzureWebJobs.sweepStaleSessions.Disabled', 'AzureWebJobs_sweepStaleSessions_Disabled'])(
    'is unknown while %s is set',
    (name) => {
      expect(nextSweep(NOW, { [name]: 'true' }).nextAt).toBeUndefined();
      expect(nextSweep(NOW, { [name]: 'false' }).nextAt).toBeDefined();
    },
  );
});
