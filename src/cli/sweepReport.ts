import type { Planned } from '../cleanup/model/outcome.ts';
import { OUTCOME_KINDS, type OutcomeKind } from '../cleanup/model/outcomeKind.ts';
import type { RunRecord } from '../cleanup/model/runRecord.ts';
import { STOP_REASONS } from '../cleanup/model/stopReason.ts';
import { bytesInWords, counted, durationInWords, numberInWords, oneLine } from '../wire/words.ts';
import type { FailureGroup } from './failureLog.ts';
import { whatInWords } from './outcomeTable.ts';
import type { Output } from './output.ts';
import { failuresFirst, outcomeSpan } from './styles.ts';
import { startTable } from './table.ts';

/** Prints what a dry run found: what would happen to a session, and why. */
export function plannedTable(out: Output): (planned: Planned) => void {
  return startTable<Planned>(
    out,
    [
      { title: 'SESSION', width: 36, cell: ({ sessionId }) => sessionId },
      { title: 'OUTCOME', width: 11, cell: ({ outcome }) => outcomeSpan(outcome) },
      { title: 'WHAT', cell: ({ bytes, storeRelativePath }) => whatInWords(bytes, storeRelativePath) },
    ],
    ({ why }) => oneLine(why),
  );
}

/** Prints how a sweep ended, its failures by cause, and what to do about it. */
export function printSummary(summary: RunRecord, failures: readonly FailureGroup[], out: Output): void {
  const { stoppedBy, durationMs, outcomes, dryRun, scanned, error, runId } = summary;
  const { sentence, severity, advice } = STOP_REASONS[stoppedBy];
  const name = dryRun ? 'Dry run' : 'Sweep';
  const ended = `${name} ended: ${stoppedBy}, after ${durationInWords(durationMs)}.`;
  out.line({ text: ended, style: severity === 'error' ? 'red' : 'bold' });
  const count = (text: string) => text.padStart(9);
  for (const kind of failuresFirst(outcomes)) {
    out.row([
      { spans: [count(numberInWords(outcomes[kind]))], width: 9 },
      { spans: [outcomeSpan(kind)], width: 11 },
      { spans: [meaningOf(kind, dryRun)] },
    ]);
  }
  for (const { count: times, text, sessionId } of failures) {
    const which = sessionId === undefined ? '' : ` (${times > 1 ? 'first: ' : ''}${sessionId})`;
    out.row([{ spans: [count(`${numberInWords(times)} ×`)], width: 9 }, { spans: [{ text, style: 'red' }, which] }]);
  }
  const freed = dryRun
    ? `${bytesInWords(summary.bytesToFree ?? 0)} would be freed.`
    : `${bytesInWords(summary.bytesFreed)} freed.`;
  out.line(`${counted(scanned, 'row')} read, ${freed} Run ${runId}.`);
  if (error) out.paragraph(oneLine(error));
  if (severity !== 'ok') out.paragraph([severity === 'notice' && sentence, advice].filter(Boolean).join(' '));
}

function meaningOf(kind: OutcomeKind, dryRun: boolean): string {
  return dryRun && kind === 'failed' ? 'undecided: the cluster could not be asked' : OUTCOME_KINDS[kind].meaning;
}
