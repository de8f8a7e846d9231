import type { OutcomeItem } from '../wire/schemas.ts';
import { agoInWords, bytesInWords, instantInWords, oneLine } from '../wire/words.ts';
import { failureText } from './failureText.ts';
import type { Output } from './output.ts';
import { stateSpan } from './styles.ts';
import { type Column, startTable } from './table.ts';

/** Prints outcomes, the newest first. */
export function outcomeTable(
  out: Output,
  now: Date,
  { withSession }: { withSession: boolean },
): (outcome: OutcomeItem) => void {
  const session: Column<OutcomeItem> = { title: 'SESSION', width: 36, cell: ({ sessionId }) => sessionId };
  const when: Column<OutcomeItem> = withSession
    ? { title: 'RUN BEGAN', width: 10, cell: ({ runStartedAt }) => agoInWords(runStartedAt, now) }
    : { title: 'RUN BEGAN', width: 20, cell: ({ runStartedAt }) => instantInWords(runStartedAt) };
  return startTable<OutcomeItem>(
    out,
    [
      when,
      ...(withSession ? [session] : []),
      { title: 'OUTCOME', width: 8, cell: ({ outcome }) => stateSpan(outcome) },
      { title: 'BY', width: 5, cell: ({ trigger }) => trigger },
      {
        title: 'WHAT',
        cell: ({ bytes, storeRelativePath }) =>
          [bytes === undefined ? '' : bytesInWords(bytes), storeRelativePath].filter(Boolean).join('  '),
      },
    ],
    ({ errorCode, errorMessage }) => oneLine(failureText(errorCode, errorMessage)),
  );
}
