import type { Cleanup } from '../cleanup/model/outcome.ts';
import type { OutcomeKind } from '../cleanup/model/outcomeKind.ts';
import { reasonOf } from '../cleanup/record.ts';
import { bytesInWords, oneLine } from '../wire/words.ts';
import { failureText } from './failureText.ts';
import type { Output } from './output.ts';
import { outcomeSpan } from './styles.ts';

/** How the deletion of one session ended, with the names of the HTTP API's outcomes. */
export interface DeletionItem {
  sessionId: string;
  outcome: OutcomeKind;
  bytes: number | undefined;
  /** Of a session that was left alone because it is active. */
  lastActivity: string | undefined;
  httpStatus: number | undefined;
  errorCode: string | undefined;
  errorMessage: string | undefined;
  requestId: string | undefined;
}

export function toDeletionItem(sessionId: string, { outcome, requestId }: Cleanup): DeletionItem {
  const { code: errorCode, httpStatus, message: errorMessage } = reasonOf(outcome);
  const lastActivity = outcome.kind === 'active' ? outcome.lastActivity.toISOString() : undefined;
  const bytes = outcome.kind === 'deleted' ? outcome.bytes : undefined;
  return { sessionId, outcome: outcome.kind, bytes, lastActivity, httpStatus, errorCode, errorMessage, requestId };
}

/** Prints deletions as they end, without titles. */
export function deletionTable(out: Output): (item: DeletionItem) => void {
  return ({ sessionId, outcome, bytes, errorCode, errorMessage }) =>
    out.row([
      { spans: [sessionId], width: 36 },
      { spans: [outcomeSpan(outcome)], width: 8 },
      { spans: [about(outcome, bytes, failureText(errorCode, errorMessage && oneLine(errorMessage)))] },
    ]);
}

function about(outcome: OutcomeKind, bytes: number | undefined, failure: string): string {
  if (outcome === 'deleted') return bytes === undefined ? '' : bytesInWords(bytes);
  return outcome === 'active' ? `${failure} Left alone.`.trim() : failure;
}
