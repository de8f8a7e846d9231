import { parseStopReason } from '../cleanup/model/stopReason.ts';
import type { RunItem, SweepOverviewItem } from '../wire/schemas.ts';
import { agoInWords, bytesInWords, counted, durationInWords, oneLine } from '../wire/words.ts';
import type { Output, Span } from './output.ts';
import { countSpans, hasFailures, stopSpan } from './styles.ts';
import { startTable } from './table.ts';

/** A line of the list: a sweep, or the run of one of its parts. */
interface Line {
  startedAt: string;
  by: string;
  durationMs: number;
  ended: Span;
  /** Whose outcomes these are, such as `16 parts`. `undefined` for a sweep of one part. */
  of: string | undefined;
  results: Pick<RunItem, 'outcomes' | 'bytesFreed' | 'bytesToFree' | 'dryRun'>;
  error: string | undefined;
}

/** @param withParts - below each sweep that was fanned out, also prints the runs of its parts */
export function sweepTable(out: Output, now: Date, withParts: boolean): (sweep: SweepOverviewItem) => void {
  const row = startTable<Line>(
    out,
    [
      { title: 'BEGAN', width: 11, cell: ({ startedAt }) => agoInWords(startedAt, now) },
      { title: 'BY', width: 5, cell: ({ by }) => by },
      { title: 'TOOK', width: 7, cell: ({ durationMs }) => durationInWords(durationMs) },
      { title: 'ENDED', width: 18, cell: ({ ended }) => ended },
      { title: 'OUTCOMES', cell: outcomesOf },
    ],
    ({ error }) => oneLine(error ?? ''),
  );
  return (sweep) => {
    row(sweepLine(sweep));
    const parts = withParts ? sweep.runs.filter(({ partition }) => partition !== undefined) : [];
    for (const run of parts) row(partLine(run));
  };
}

function sweepLine(sweep: SweepOverviewItem): Line {
  const { startedAt, endedAt, trigger, parts, stoppedBy, outcomes, error } = sweep;
  const isFannedOut = sweep.runs.some(({ partition, parts }) => partition !== undefined || parts !== undefined);
  return {
    startedAt,
    by: trigger,
    durationMs: new Date(endedAt).getTime() - new Date(startedAt).getTime(),
    ended: stoppedBy ? stopSpan(stoppedBy, !hasFailures(outcomes)) : { text: endedParts(parts), style: 'yellow' },
    of: isFannedOut && stoppedBy ? counted(parts.ended, 'part') : undefined,
    results: sweep,
    error,
  };
}

function endedParts({ ended, expected }: SweepOverviewItem['parts']): string {
  return expected === undefined ? `${counted(ended, 'part')} ended` : `${ended} of ${counted(expected, 'part')}`;
}

function partLine(run: RunItem): Line {
  const { startedAt, durationMs, partition, stoppedBy, outcomes, error } = run;
  const ended = stopSpan(parseStopReason(stoppedBy), !hasFailures(outcomes));
  return { startedAt, by: 'part', durationMs, ended, of: partition, results: run, error };
}

/** Failures first, such as `1 failed, 12 deleted, 3.0 MiB`. */
function outcomesOf({ of, results: { outcomes, bytesFreed, bytesToFree, dryRun } }: Line): Span[] {
  const counts = countSpans(outcomes);
  const bytes = dryRun ? (bytesToFree ?? 0) : bytesFreed;
  const head = [dryRun ? 'dry run' : '', of ?? ''].filter(Boolean).join(', ');
  return [
    head && `${head}: `,
    ...(counts.length > 0 ? counts : ['none']),
    bytes > 0 ? `, ${bytesInWords(bytes)} ${dryRun ? 'to free' : 'freed'}` : '',
  ];
}
