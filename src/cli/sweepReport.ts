import type { OutcomeKind, Planned, RunSummary } from '../cleanup/model/outcome.ts';
import { TO_DO } from '../health/advice.ts';
import { spanInWords } from '../wire/spanInWords.ts';
import type { Output } from './output.ts';
import { stateSpan } from './styles.ts';
import { bytesInWords, counted, oneLine } from './words.ts';

/** What an outcome means, for people. */
const MEANINGS: Record<OutcomeKind, string> = {
  deleted: 'deleted on the cluster',
  wouldDelete: 'stale: a sweep would delete them',
  notFound: 'gone already: nothing was left to do',
  active: 'still uploading, or maybe being committed: left alone',
  failed: 'not deleted: see outcomes --outcome failed',
  invalid: 'rows whose key is no session id: given up',
};

/** Prints what a dry run found: what would happen to one session, and why. */
export function printPlanned({ sessionId, outcome, bytes, storeRelativePath, why }: Planned, out: Output): void {
  const facts = [bytesInWords(bytes), storeRelativePath].filter(Boolean).join('  ');
  out.line(sessionId.padEnd(36), '  ', stateSpan(outcome), ' '.repeat(13 - outcome.length), facts);
  out.paragraph(why, 4);
}

/** Prints how a sweep ended and what to do about it. */
export function printSummary(summary: RunSummary, out: Output): void {
  const { stoppedBy, durationMs, outcomes, dryRun, scanned, error, runId } = summary;
  const toDo = TO_DO[stoppedBy];
  const name = dryRun ? 'Dry run' : 'Sweep';
  const ended = `${name} ended: ${stoppedBy}, after ${durationMs < 10_000 ? `${(durationMs / 1000).toFixed(1)} s` : spanInWords(durationMs)}.`;
  out.line({ text: ended, style: toDo ? 'red' : 'bold' });
  for (const [kind, count] of Object.entries(outcomes)) {
    if (count === 0) continue;
    const meaning = MEANINGS[kind as OutcomeKind];
    const meant = dryRun && kind === 'failed' ? 'undecided: the cluster could not be asked' : meaning;
    out.line(count.toLocaleString('en-US').padStart(9), '  ', stateSpan(kind), ' '.repeat(13 - kind.length), meant);
  }
  const freed = dryRun
    ? `${bytesInWords(summary.bytesToFree ?? 0)} would be freed.`
    : `${bytesInWords(summary.bytesFreed)} freed.`;
  out.line(`${counted(scanned, 'row')} read, ${freed} Run ${runId}.`);
  if (error) out.paragraph(oneLine(error));
  if (toDo) out.paragraph(toDo);
  const rest = REST[stoppedBy];
  if (rest) out.paragraph(rest);
}

const REST: Partial<Record<RunSummary['stoppedBy'], string>> = {
  limit: 'It took as many sessions as it may (--limit, SWEEP_LIMIT); the rest is for the next sweep.',
  timeBudget: 'Its time was over; the rest is for the next sweep.',
  aborted: 'What was under way is recorded; the rest stays as it was.',
};
