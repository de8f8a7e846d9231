import { OUTCOME_KINDS } from '../cleanup/model/outcomeKind.ts';
import { errorAdvice, RETRY_ADVICE } from '../health/errorAdvice.ts';
import type { KnownSession } from '../wire/lookUpSession.ts';
import type { ClusterView, OutcomeItem, SessionItem } from '../wire/schemas.ts';
import { agoInWords, bytesInWords, counted, instantInWords, numberInWords, oneLine } from '../wire/words.ts';
import { failureText } from './failureText.ts';
import { historyTable } from './outcomeTable.ts';
import type { Output, Span } from './output.ts';
import { stateSpan } from './styles.ts';

/** Prints everything that is known about one upload session, with exact times. */
export function printSession(
  { sessionId, registered, cluster, history, nextOutcomes }: KnownSession,
  out: Output,
  now: Date,
): void {
  out.line({ text: `Upload session ${sessionId}`, style: 'bold' });
  out.line('');
  printRow(registered, history[0], out, now);
  printClusterView(cluster, out, now);
  printHistory(history, nextOutcomes !== undefined, out);
}

const NAME_WIDTH = 13;
const INDENT = 2;

function fact(out: Output, name: string, value: Span | undefined): void {
  if (value) out.row([{ spans: [name], width: NAME_WIDTH }, { spans: [value] }], INDENT);
}

const exactly = (instant: string, now: Date) => `${instantInWords(instant)} (${agoInWords(instant, now)})`;

/** @param last - how its newest cleanup ended */
function printRow(row: SessionItem | undefined, last: OutcomeItem | undefined, out: Output, now: Date): void {
  out.line({ text: 'Row', style: 'bold' });
  if (!row) {
    out.paragraph('Not registered, or already cleaned up.', INDENT);
    out.line('');
    return;
  }
  fact(out, 'state', stateSpan(row.state));
  fact(out, 'last activity', exactly(row.lastActivity, now));
  fact(out, '', row.lastActivityError);
  fact(out, 'path', row.storeRelativePath);
  fact(out, 'owner', row.owner);
  if (row.attempts > 0) fact(out, 'attempts', `${numberInWords(row.attempts)} failed`);
  if (row.state === 'waiting' && row.nextAttemptAt) fact(out, 'next attempt', exactly(row.nextAttemptAt, now));
  if (row.lastError) {
    fact(out, 'last error', { text: oneLine(row.lastError), style: 'red' });
    const advice = last?.outcome === 'failed' ? [errorAdvice(last).advice] : [];
    if (row.state === 'waiting' || row.state === 'givenUp') advice.push(RETRY_ADVICE[row.state]);
    if (advice.length > 0) fact(out, 'advice', advice.join(' '));
  }
  out.line('');
}

function printClusterView(view: ClusterView, out: Output, now: Date): void {
  out.line({ text: 'On the cluster', style: 'bold' });
  if (view.answer === 'notFound') {
    out.paragraph(`Not found: ${OUTCOME_KINDS.notFound.meaning}.`, INDENT);
  } else if (view.answer === 'failed') {
    out.paragraph([{ text: 'The cluster could not be asked:', style: 'red' }], INDENT);
    out.paragraph(failureText(view.errorCode, oneLine(view.message)), INDENT);
  } else {
    fact(out, 'path', view.storeRelativePath);
    fact(out, 'size', sizes(view));
    fact(out, 'missing', missing(view.missingRanges));
    // The age by the cluster's clock, from its answer.
    const clock = new Date(view.clusterTime ?? now);
    fact(out, 'last chunk', view.lastChunkAt ? exactly(view.lastChunkAt, clock) : UNKNOWN);
  }
  fact(out, 'request id', view.requestId);
  out.line('');
}

/** For what the cluster's answer does not contain. */
const UNKNOWN = 'unknown';

function sizes({ fileSizeBytes, heldBytes }: Extract<ClusterView, { answer: 'found' }>): string {
  if (fileSizeBytes === undefined) return UNKNOWN;
  const held = heldBytes === undefined ? '' : `, ${bytesInWords(heldBytes)} received`;
  return `${bytesInWords(fileSizeBytes)}${held}`;
}

/** How many ranges are listed. */
const MOST_RANGES = 5;

function missing(ranges: { start: number; end: number }[] | undefined): string {
  if (!ranges) return UNKNOWN;
  if (ranges.length === 0) return 'nothing: all chunks were received';
  const bytes = ranges.reduce((sum, { start, end }) => sum + end - start + 1, 0);
  const listed = ranges.slice(0, MOST_RANGES).map(({ start, end }) => `${start}-${end}`);
  const rest = ranges.length > MOST_RANGES ? ` and ${counted(ranges.length - MOST_RANGES, 'range')} more` : '';
  return `${bytesInWords(bytes)}: bytes ${listed.join(', ')}${rest}`;
}

function printHistory(history: readonly OutcomeItem[], more: boolean, out: Output): void {
  out.line({ text: 'History', style: 'bold' });
  if (history.length === 0) out.paragraph('No outcome is recorded.', INDENT);
  const row = historyTable(out);
  for (const outcome of history) row(outcome);
  if (more) out.paragraph('There are more: run `outcomes --session` with this id.', INDENT);
}
