import type { OutcomeKind } from '../cleanup/model/outcomeKind.ts';
import type { SessionState } from '../cleanup/sessionState.ts';
import type { Check } from '../health/check.ts';
import type { Span } from './output.ts';

type Style = Exclude<Span, string>['style'];

const STYLES: Partial<Record<OutcomeKind | SessionState | Check['status'], Style>> = {
  ok: 'green',
  deleted: 'green',
  wouldDelete: 'yellow',
  waiting: 'yellow',
  warning: 'yellow',
  skipped: 'dim',
  failed: 'red',
  invalid: 'red',
  givenUp: 'red',
};

/** A state, an outcome or a status in the colour that says how bad it is. The word itself always says so too. */
export function stateSpan(word: string): Span {
  const style = Object.hasOwn(STYLES, word) ? STYLES[word as keyof typeof STYLES] : undefined;
  return style ? { text: word, style } : word;
}
