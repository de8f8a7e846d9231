import { describe, expect, it } from '@jest/globals';
import type { RunRecord } from '../../../src/cleanup/model/runRecord.ts';
import { historyView } from '../../../src/functions/dashboard/historyView.ts';
import type { History } from '../../../src/health/overview/readHistory.ts';
import { aRun, type RunColumns } from '../../doubles/runRecord.ts';

const NOW = new Date('2026-11-22T12:00:00.000Z');
const secondsAgo = (seconds: number) => new Date(NOW.getTime() - seconds * 1000);

const run = (columns: RunColumns): RunRecord =>
  aRun({
    ...{ runId: 'r', sweepId: 's', trigger: 'queue', startedAt: secondsAgo(30), durationMs: 5_000, scanned: 10 },
    ...{ outcomes: { deleted: 2 }, bytesFreed: 1_048_576 },
    ...columns,
  });
const begun = run({
  ...{ runId: 's', trigger: 'timer', startedAt: secondsAgo(60), durationMs: 0, scanned: 0 },
  ...{ outcomes: {}, bytesFreed: 0, parts: 16, stoppedBy: 'fannedOut' },
});
const parts = (count: number) =>
  Array.from({ length: count }, (_, n) => run({ runId: `p${n}`, partition: `default-${n.toString(16)}` }));

function rowsOf(runs: RunRecord[]): string[] {
  const history: History = { runs, days: [], failures: [], cut: { runs: false, outcomes: false } };
  const [, table = ''] = String(historyView({ value: history }, NOW)).split('<h2 id="runs">');
  const rows = table.match(/<tr[ >].*?<\/tr>/gs) ?? [];
  return rows
    .map((row) =>
      row
        .replaceAll(/<[^>]*>/g, ' ')
        .replaceAll(/\s+/g, ' ')
        .trim(),
    )
    .slice(1);
}

describe('the last sweeps', () => {
  it('have one that was fanned out as one row, with the sums of its parts and the time from first to last', () => {
    const [row, ...others] = rowsOf([...parts(16), begun]);

    expect(others).toEqual([]);
    expect(row).toMatch(/Completed 16 of 16 parts schedule 160 32 deleted 16\.0 MiB 35\.0 s$/);
  });

  it('say how far one has come, and which ending is the worst', () => {
    expect(rowsOf([...parts(3), begun])[0]).toContain('Not all parts have ended 3 of 16 parts');
    const [, ...rest] = parts(16);
    const lost = run({ runId: 'p0', partition: 'default-0', stoppedBy: 'error', error: 'ENOSPC' });
    expect(rowsOf([...rest, lost, begun])[0]).toContain('✕ Error 16 of 16 parts ENOSPC');
  });

  it('say nothing of parts where there is one alone', () => {
    expect(rowsOf([run({ trigger: 'http', runId: 's' })])[0]).toMatch(
      / Completed request 10 2 deleted 1\.0 MiB 5\.0 s$/,
    );
  });
});
