import { describe, expect, it } from '@jest/globals';
import type { RecordedOutcome } from '../../../src/cleanup/model/outcomeRecord.ts';
import { groupFailures } from '../../../src/health/overview/groupFailures.ts';
import { readWithin } from '../../../src/health/overview/readWithin.ts';
import { tallyDays } from '../../../src/health/overview/tallyDays.ts';
import { aRun, type RunColumns } from '../../doubles/runRecord.ts';

const MIDNIGHT = new Date('2026-11-20T00:00:00.000Z');
const hours = (count: number) => new Date(MIDNIGHT.getTime() + count * 3_600_000);

const outcome = (columns: Partial<RecordedOutcome>): RecordedOutcome => ({
  ...{ sessionId: 'a', outcome: 'failed', trigger: 'timer', runId: 'r', runStartedAt: hours(1), attempt: 1, tries: 1 },
  durationMs: 1,
  ...columns,
});

const run = (columns: RunColumns) => aRun({ startedAt: hours(1), scanned: 1, ...columns });

describe('the tally of days', () => {
  it('adds up the sweeps and the single cleanups of each day in UTC, without dry runs', () => {
    const runs = [
      run({ startedAt: hours(0), outcomes: { deleted: 2, failed: 1 }, bytesFreed: 10 }),
      run({ startedAt: hours(23.99), outcomes: { deleted: 3 }, bytesFreed: 5 }),
      run({ startedAt: hours(25), outcomes: { wouldDelete: 9, notFound: 9 }, dryRun: true }),
      run({ startedAt: hours(-1), outcomes: { deleted: 100 } }),
    ];
    const singles = [outcome({ outcome: 'deleted', bytes: 7, runStartedAt: hours(30) })];

    const days = tallyDays(runs, singles, MIDNIGHT, 2);

    expect(days).toEqual([
      { day: hours(0), outcomes: expect.objectContaining({ deleted: 5, failed: 1, wouldDelete: 0 }), bytesFreed: 15 },
      { day: hours(24), outcomes: expect.objectContaining({ deleted: 1, notFound: 0 }), bytesFreed: 7 },
    ]);
  });

  it('counts outcomes of tomorrow, from a clock that is ahead, for today', () => {
    const [, today] = tallyDays([run({ startedAt: hours(48.01), outcomes: { deleted: 1 } })], [], MIDNIGHT, 2);

    expect(today?.outcomes.deleted).toBe(1);
  });
});

describe('the groups of failures', () => {
  it('contain the failed cleanups by cause, the most frequent first', () => {
    const groups = groupFailures([
      outcome({ errorCode: 'FABRIC_E_TIMEOUT', httpStatus: 504, errorMessage: 'late', sessionId: 'a' }),
      outcome({ errorCode: 'FABRIC_E_TIMEOUT', httpStatus: 504, errorMessage: 'later', runStartedAt: hours(2) }),
      outcome({ errorCode: 'FABRIC_E_TIMEOUT', httpStatus: 504, sessionId: 'b', runStartedAt: hours(0) }),
      outcome({ errorCode: 'unreachable' }),
      outcome({ outcome: 'invalid', errorMessage: 'is no GUID' }),
      outcome({ outcome: 'deleted' }),
    ]);

    expect(groups).toHaveLength(3);
    expect(groups[0]).toMatchObject({
      ...{ errorCode: 'FABRIC_E_TIMEOUT', cleanups: 3, sessions: 2, lastAt: hours(2), lastMessage: 'later' },
      what: expect.stringMatching(/timed out on the cluster/),
      advice: expect.stringMatching(/CLUSTER_TIMEOUT/),
    });
    expect(groups.map(({ errorCode }) => errorCode).sort()).toEqual(['FABRIC_E_TIMEOUT', 'invalid', 'unreachable']);
  });
});

describe('a bounded reading', () => {
  async function* numbers(count: number, atEnd?: () => never) {
    for (let n = 1; n <= count; n += 1) yield n;
    atEnd?.();
  }
  const goesOn = new AbortController().signal;
  const fail = (): never => {
    throw new Error('broken');
  };

  it('ends at the end of the list, or at the maximum number of items', async () => {
    expect(await readWithin(numbers(3), 3, goesOn)).toEqual({ items: [1, 2, 3], complete: true });
    expect(await readWithin(numbers(4), 3, goesOn)).toEqual({ items: [1, 2, 3], complete: false });
  });

  it('keeps what it has read when the time is over, and throws if that is nothing', async () => {
    expect(await readWithin(numbers(2, fail), 9, AbortSignal.abort())).toEqual({ items: [1, 2], complete: false });
    await expect(readWithin(numbers(0, fail), 9, AbortSignal.abort())).rejects.toThrow('did not answer in time');
  });

  it('throws a failure although it has read some items', async () => {
    await expect(readWithin(numbers(2, fail), 9, goesOn)).rejects.toThrow('broken');
  });
});
