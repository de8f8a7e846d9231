import type { Command } from 'commander';
import { errorAdvice } from '../../health/errorAdvice.ts';
import { isUnknown, type KnownSession, lookUpSession } from '../../wire/lookUpSession.ts';
import type { ClusterView, OutcomeItem, SessionDetails, SessionItem } from '../../wire/schemas.ts';
import { agoInWords, bytesInWords, instantInWords, oneLine } from '../../wire/words.ts';
import { type CommonOptions, common, run } from '../command.ts';
import { EXIT } from '../exitCodes.ts';
import { failureText } from '../failureText.ts';
import { sessionIdValue } from '../optionValues.ts';
import { outcomeTable } from '../outcomeTable.ts';
import type { Output } from '../output.ts';
import { stateSpan } from '../styles.ts';

const EXAMPLES = [
  'upload-session-sweeper show 6f9619ff-8b86-d011-b42d-00c04fc964ff',
  'upload-session-sweeper show 6f9619ff-8b86-d011-b42d-00c04fc964ff --json',
];

/** `show`: all that is known of one upload session. */
export function addShow(program: Command): void {
  const command = program
    .command('show')
    .summary('tell all that is known of one upload session')
    .description(
      "Tells all that is known of one upload session: its row, the cluster's own view of it, and its newest outcomes. Where the " +
        'cluster can’t be asked, the rest is told all the same and the exit code is 1.',
    )
    .argument('<guid>', 'its session id', sessionIdValue);
  common(command, EXAMPLES).action((id: string, options: CommonOptions) =>
    run(options, async ({ out, err, connect }) => {
      const known = await lookUpSession(await connect(), id);
      if (isUnknown(known)) {
        err.paragraph(
          `Nobody knows ${id}: it is not registered, the cluster has no such session, and no outcome is kept.`,
        );
        return EXIT.notFound;
      }
      if (options.json) out.json(toDetails(known));
      else print(known, out, new Date());
      return known.cluster.answer === 'failed' ? EXIT.failed : EXIT.done;
    }),
  );
}

/** As the HTTP API tells it, without a token: the history ends here. */
function toDetails({ history, nextOutcomes, ...known }: KnownSession): SessionDetails {
  return { ...known, history: { items: history } };
}

function print({ sessionId, registered, cluster, history, nextOutcomes }: KnownSession, out: Output, now: Date): void {
  out.line({ text: `Upload session ${sessionId}`, style: 'bold' });
  out.line('');
  printRow(registered, history[0], out, now);
  printClusterView(cluster, out, now);
  printHistory(history, nextOutcomes !== undefined, out, now);
}

const fact = (out: Output, name: string, value: string | undefined) => {
  if (value) out.line(`  ${name.padEnd(13)}`, value);
};

/** @param last - how its newest cleanup ended */
function printRow(row: SessionItem | undefined, last: OutcomeItem | undefined, out: Output, now: Date): void {
  out.line({ text: 'Its row', style: 'bold' });
  if (!row) {
    out.line('  It is not registered, or settled already.');
    out.line('');
    return;
  }
  out.line('  state        ', stateSpan(row.state));
  fact(out, 'last active', `${instantInWords(row.lastActivity)} (${agoInWords(row.lastActivity, now)})`);
  fact(out, '', row.lastActivityFault);
  fact(out, 'path', row.storeRelativePath);
  fact(out, 'owner', row.owner);
  fact(out, 'attempts', row.attempts > 0 ? `${row.attempts} failed` : '');
  if (row.state === 'waiting' && row.nextAttemptAt) {
    fact(out, 'next attempt', `${instantInWords(row.nextAttemptAt)} (${agoInWords(row.nextAttemptAt, now)})`);
  }
  if (row.lastError) {
    fact(out, 'last error', ' ');
    out.paragraph(oneLine(row.lastError), 15);
    if (last?.outcome === 'failed') {
      fact(out, 'what to do', ' ');
      out.paragraph(errorAdvice(last).advice, 15);
    }
  }
  out.line('');
}

function printClusterView(view: ClusterView, out: Output, now: Date): void {
  out.line({ text: 'On the cluster', style: 'bold' });
  if (view.answer === 'notFound') {
    out.line('  It knows no such session: committed, expired or deleted before.');
  } else if (view.answer === 'failed') {
    out.line('  ', { text: 'It could not be asked:', style: 'red' });
    out.paragraph(failureText(view.errorCode, oneLine(view.message)), 2);
  } else {
    fact(out, 'path', view.storeRelativePath);
    fact(out, 'size', sizes(view));
    fact(out, 'missing', missing(view.missingRanges));
    fact(
      out,
      'last chunk',
      view.lastChunkAt
        ? `${instantInWords(view.lastChunkAt)} (${agoInWords(view.lastChunkAt, new Date(view.clusterTime ?? now))})`
        : 'it does not tell when',
    );
  }
  fact(out, 'request id', view.requestId);
  out.line('');
}

function sizes({ fileSizeBytes, heldBytes }: Extract<ClusterView, { answer: 'found' }>): string {
  if (fileSizeBytes === undefined) return 'it does not tell';
  const held = heldBytes === undefined ? '' : `, ${bytesInWords(heldBytes)} of it there`;
  return `${bytesInWords(fileSizeBytes)}${held}`;
}

/** So many ranges are told one by one. */
const MOST_RANGES = 5;

function missing(ranges: { start: number; end: number }[] | undefined): string {
  if (!ranges) return 'it does not tell';
  if (ranges.length === 0) return 'nothing: all chunks are there';
  const bytes = ranges.reduce((sum, { start, end }) => sum + end - start + 1, 0);
  const told = ranges.slice(0, MOST_RANGES).map(({ start, end }) => `${start}-${end}`);
  const rest = ranges.length > MOST_RANGES ? ` and ${ranges.length - MOST_RANGES} more` : '';
  return `${bytesInWords(bytes)}: bytes ${told.join(', ')}${rest}`;
}

function printHistory(history: OutcomeItem[], more: boolean, out: Output, now: Date): void {
  out.line({ text: 'History', style: 'bold' });
  if (history.length === 0) out.line('  No cleanup of it is on record.');
  const row = outcomeTable(out, now, { withSession: false });
  for (const outcome of history) row(outcome);
  if (more) out.line('  There are more: see the command outcomes with --session.');
}
