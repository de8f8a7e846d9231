import type { OutcomeItem } from '../wire/schemas.ts';
import { agoInWords, bytesInWords, deletedInWords, instantInWords, oneLine } from '../wire/words.ts';
import { failureText } from './failureText.ts';
import type { Output } from './output.ts';
import { outcomeSpan } from './styles.ts';
import { type Column, startTable } from './table.ts';

/** Prints outcomes of all sessions, those of newer runs first. */
export function outcomeTable(out: Output, now: Date): (outcome: OutcomeItem) => void {
  return startTable<OutcomeItem>(
    out,
    [
      { title: 'RUN BEGAN', width: 10, cell: ({ runStartedAt }) => agoInWords(runStartedAt, now) },
      { title: 'SESSION', width: 36, cell: ({ sessionId }) => sessionId },
      ...RESULT,
    ],
    why,
  );
}

/** Prints the outcomes of one session, with exact times. */
export function historyTable(out: Output): (outcome: OutcomeItem) => void {
  const began = {
    title: 'RUN BEGAN',
    width: 20,
    cell: ({ runStartedAt }: OutcomeItem) => instantInWords(runStartedAt),
  };
  return startTable<OutcomeItem>(out, [began, ...RESULT], why);
}

const RESULT: Column<OutcomeItem>[] = [
  { title: 'OUTCOME', width: 8, cell: ({ outcome }) => outcomeSpan(outcome) },
  { title: 'BY', width: 5, cell: ({ trigger }) => trigger },
  { title: 'WHAT', cell: ({ bytes, storeRelativePath }) => whatInWords(bytes, storeRelativePath) },
];

const why = (outcome: OutcomeItem) =>
  (outcome.outcome === 'deleted' ? deletedInWords(outcome) : undefined) ??
  oneLine(failureText(outcome.errorCode, outcome.errorMessage));

/** What a session held and where it went, as far as that is known. */
export function whatInWords(bytes: number | undefined, storeRelativePath: string | undefined): string {
  return [bytes === undefined ? '' : bytesInWords(bytes), storeRelativePath].filter(Boolean).join('  ');
}
