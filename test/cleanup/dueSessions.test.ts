import { describe, expect, it } from '@jest/globals';
import type { TrackedSession } from '../../src/cleanup/model/trackedSession.ts';
import { memoryPorts, minutesAgo, NOW, onCluster, row, STALE_AFTER } from '../doubles/memoryPorts.ts';
import { FIRST, run, SECOND, THIRD } from './sweeps.ts';

describe('a sweep takes', () => {
  it.each([
    ['whose last activity is younger than STALE_AFTER', { lastActivity: new Date(NOW.getTime() - STALE_AFTER) }],
    ['that is given up', { givenUp: true }],
    ['whose next attempt is still to come', { nextAttemptAt: new Date(NOW.getTime() + 1) }],
    ['that was just written and has no lastActivity', { lastActivity: undefined, timestamp: minutesAgo(1) }],
    ['that was just written and has a lastActivity in the future', { lastActivity: minutesAgo(-60), timestamp: NOW }],
  ])('no session %s', async (_, columns) => {
    const { lastActivity = undefined, ...rest } = columns as Partial<TrackedSession>;
    const given = row(FIRST, rest);
    if ('lastActivity' in columns && lastActivity === undefined) delete given.lastActivity;
    const ports = memoryPorts({ rows: [lastActivity ? { ...given, lastActivity } : given] });

    const summary = await run(ports);

    expect(ports.calls).toEqual(['PROBE']);
    expect(summary).toMatchObject({ stoppedBy: 'completed', scanned: 1 });
  });

  it('a session whose next attempt is later than any that a sweep writes', async () => {
    const ports = memoryPorts({ rows: [row(FIRST, { nextAttemptAt: minutesAgo(-7 * 60) })] });

    expect(await run(ports)).toMatchObject({ stale: 1, outcomes: { notFound: 1 } });
  });

  it('a session with a lastActivity in the future by its Timestamp, and reports it', async () => {
    const ports = memoryPorts({ rows: [row(FIRST, { lastActivity: minutesAgo(-60), timestamp: minutesAgo(20) })] });

    await run(ports);

    expect(ports.recorded[0]?.errorMessage).toContain('is in the future');
    expect(ports.warnings).toEqual(['The row of an upload session is invalid.']);
  });

  it('a session with a lastActivity that is not a date by its Timestamp, and reports the value', async () => {
    const { lastActivity: _, ...rest } = row(FIRST, { unreadableLastActivity: 'yesterday' });
    const ports = memoryPorts({ rows: [rest], cluster: [onCluster(FIRST)] });

    await run(ports);

    expect(ports.recorded[0]).toMatchObject({
      outcome: 'deleted',
      errorMessage: expect.stringContaining('"yesterday"'),
    });
  });
});

describe('a sweep of one owner', () => {
  it('takes only the sessions of that owner, and does not move the position', async () => {
    const ports = memoryPorts({
      rows: [row(FIRST, { owner: 'build-7' }), row(SECOND, { owner: 'build-70' }), row(THIRD)],
      cluster: [onCluster(FIRST), onCluster(SECOND), onCluster(THIRD)],
    });

    const summary = await run(ports, { owner: 'build-7', limit: 1 });

    expect([...ports.cluster.keys()]).toEqual([SECOND, THIRD]);
    expect(summary).not.toHaveProperty('resumeAfter');
    expect(summary).not.toHaveProperty('resumable');
  });
});
