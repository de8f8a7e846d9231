import type { Planned } from '../cleanup/model/outcome.ts';
import { OUTCOME_KINDS, type OutcomeKind } from '../cleanup/model/outcomeKind.ts';
import type { RunRecord } from '../cleanup/model/runRecord.ts';
import { STOP_REASONS } from '../cleanup/model/stopReason.ts';
import { bytesInWords, counted, oneLine, spanInWords } from '../wire/words.ts';
import type { Output } from './output.ts';
import { stateSpan } from './styles.ts';

/** Prints what a dry run found: what would happen to one session, and why. */
export function printPlanned({ sessionId, outcome, bytes, storeRelativePath, why }: Planned, out: Output): void {
  const facts = [bytes === undefined ? '' : bytesInWords(bytes), storeRelativePath].filter(Boolean).join('  ');
  out.line(sessionId.padEnd(36), '  ', stateSpan(outcome), ' '.repeat(13 - outcome.length), facts);
  out.paragraph(why, 4);
}

/** Prints how a sweep ended and what to do about it. */
export function printSummary(summary: RunRecord, out: Output): void {
  const { stoppedBy, durationMs, outcomes, dryRun, scanned, error, runId } = summary;
  const { sentence, severity, advice } = STOP_REASONS[stoppedBy];
  const name = dryRun ? 'Dry run' : 'Sweep';
  const ended = `${name} ended: ${stoppedBy}, after ${durationMs < 10_000 ? `${(durationMs / 1000).toFixed(1)} s` : spanInWords(durationMs)}.`;
  out.line({ text: ended, style: severity === 'error' ? 'red' : 'bold' });
  for (const [kind, count] of Object.entries(outcomes)) {
    if (count === 0) continue;
    const meaning = OUTCOME_KINDS[kind as OutcomeKind].meaning;
    const meant = dryRun && kind === 'failed' ? 'undecided: the cluster could not be asked' : meaning;
    out.line(count.toLocaleString('en-US').padStart(9), '  ', stateSpan(kind), ' '.repeat(13 - kind.length), meant);
  }
  const freed = dryRun
    ? `${bytesInWords(summary.bytesToFree ?? 0)} would be freed.`
    : `${bytesInWords(summary.bytesFreed)} freed.`;
  out.line(`${counted(scanned, 'row')} read, ${freed} Run ${runId}.`);
  if (error) out.paragraph(oneLine(error));
  if (severity !== 'ok') out.paragraph([severity === 'notice' && sentence, advice].filter(Boolean).join(' '));
}
