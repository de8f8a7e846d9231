import { cutText } from '../cleanup/model/cutText.ts';
import type { LogPort } from '../cleanup/ports.ts';
import { counted, oneLine } from '../wire/words.ts';
import type { Progress } from './progress.ts';

/** Failures that differ only in their session. */
export interface FailureGroup {
  count: number;
  /** Such as `409 FABRIC_E_…: …`. */
  text: string;
  /** The first session with this failure. */
  sessionId: string | undefined;
}

/** How many causes are distinguished. All failures are recorded. */
const MOST_GROUPS = 20;
const LONGEST_TEXT = 1000;

/** Groups the failures of single sessions by cause, and shows the first of each cause at once. */
export function failureLog(progress: Pick<Progress, 'say'>): LogPort & { groups(): FailureGroup[]; end(): void } {
  const groups = new Map<string, FailureGroup>();
  let leftOut = 0;
  return {
    warn(message, facts) {
      const code = ['httpStatus', 'errorCode'].flatMap((name) => facts[name] ?? []).join(' ');
      const why = cutText(withoutFact(whyOf(message, facts), code), LONGEST_TEXT);
      const key = `${code} ${causeIn(why)}`;
      const known = groups.get(key);
      if (known) known.count += 1;
      else if (groups.size >= MOST_GROUPS) leftOut += 1;
      else {
        const text = [code, why].filter(Boolean).join(': ');
        const sessionId = textIn(facts, 'sessionId') ?? textIn(facts, 'rowKey');
        groups.set(key, { count: 1, text, sessionId });
        progress.say([sessionId, text].filter(Boolean).join(': '));
      }
    },
    groups: () => [...groups.values()].sort((a, b) => b.count - a.count),
    end() {
      if (leftOut > 0) progress.say(`${counted(leftOut, 'further warning')} left out; see \`outcomes\`.`);
    },
  };
}

function whyOf(message: string, facts: Record<string, unknown>): string {
  const why = textIn(facts, 'errorMessage');
  return oneLine(why ?? [message, textIn(facts, 'error') ?? textIn(facts, 'recordError')].filter(Boolean).join(' '));
}

const textIn = (facts: Record<string, unknown>, name: string) => {
  const fact = facts[name];
  return typeof fact === 'string' && fact !== '' ? fact : undefined;
};

/** Leaves out `(409 FABRIC_E_… from host)` where the code stands before the text. */
function withoutFact(why: string, code: string): string {
  return why.replace(/ \((\d{3} \w+) from [^)]*\)/, (all, fact) => (fact === code ? '' : all));
}

/** A failure's text without what differs from session to session: ids, gateways, times, durations. */
function causeIn(text: string): string {
  return text
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, '#')
    .replaceAll(/[\w.-]+:\d+/g, '#')
    .replaceAll(/\d+/g, '#');
}
