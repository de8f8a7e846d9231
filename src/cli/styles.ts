import { OUTCOME_KINDS, type OutcomeCounts, type OutcomeKind } from '../cleanup/model/outcomeKind.ts';
import { type Severity, STOP_REASONS, type StopReason } from '../cleanup/model/stopReason.ts';
import type { SessionState } from '../cleanup/sessionState.ts';
import { CHECK_STATUSES, type CheckStatus } from '../health/checkStatus.ts';
import { numberInWords } from '../wire/words.ts';
import type { Span, Style } from './output.ts';

/** Words in a color by their severity. The color is never the only sign. */

const BY_SEVERITY: Record<Severity, Style> = { ok: 'green', notice: 'yellow', error: 'red' };

/** `undefined` for what is neither good nor bad. */
const BY_STATE: Record<SessionState, Style | undefined> = {
  active: undefined,
  stale: undefined,
  waiting: 'yellow',
  givenUp: 'red',
};

export const outcomeSpan = (kind: OutcomeKind): Span => ({
  text: kind,
  style: BY_SEVERITY[OUTCOME_KINDS[kind].severity],
});

export const checkSpan = (status: CheckStatus): Span => ({
  text: status,
  style: BY_SEVERITY[CHECK_STATUSES[status].severity],
});

/** @param isClean - whether no session failed; a run that ended well with failures in it is not green */
export function stopSpan(reason: StopReason, isClean: boolean): Span {
  const { severity } = STOP_REASONS[reason];
  return severity === 'ok' && !isClean ? reason : { text: reason, style: BY_SEVERITY[severity] };
}

export function stateSpan(state: SessionState): Span {
  const style = BY_STATE[state];
  return style ? { text: state, style } : state;
}

const isError = (kind: OutcomeKind) => OUTCOME_KINDS[kind].severity === 'error';

/** The outcomes that were seen, those that need attention first. */
export function failuresFirst(counts: OutcomeCounts): OutcomeKind[] {
  const kinds = (Object.keys(OUTCOME_KINDS) as OutcomeKind[]).filter((kind) => counts[kind] > 0);
  return kinds.sort((a, b) => Number(isError(b)) - Number(isError(a)));
}

/** Whether an outcome that needs attention was seen. */
export const hasFailures = (counts: OutcomeCounts): boolean => failuresFirst(counts).some(isError);

/** The outcomes that were seen with how often, those that need attention first and in red. */
export function countSpans(counts: OutcomeCounts): Span[] {
  return failuresFirst(counts).flatMap((kind, n): Span[] => {
    const text = `${numberInWords(counts[kind])} ${kind}`;
    return [n > 0 ? ', ' : '', isError(kind) ? { text, style: BY_SEVERITY.error } : text];
  });
}
