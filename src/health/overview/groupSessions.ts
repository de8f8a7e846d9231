import { needsAttention } from '../../cleanup/model/outcomeKind.ts';
import type { RecordedOutcome } from '../../cleanup/model/outcomeRecord.ts';
import { parseSessionId } from '../../cleanup/model/sessionId.ts';
import type { SessionItem } from '../../wire/schemas.ts';
import { errorAdvice, RETRY_ADVICE } from '../errorAdvice.ts';
import { type FailureGroup, groupFailures, INVALID_ROW } from './groupFailures.ts';

/** A cause of failed cleanups, and the sessions that wait or need manual action because of it. */
export interface FailureCause extends Omit<FailureGroup, 'lastAt' | 'lastSessionId' | 'sessions'> {
  lastAt: Date | undefined;
  waiting: number;
  givenUp: number;
  /** The oldest first. */
  sessions: SessionItem[];
}

/** Status and code in a message of the image store client: `… (503 FABRIC_E_NOT_PRIMARY from host:port).` */
const FACT = /\((\d{3})(?: (\w{1,100}))? from [^)]*\)/;

/**
 * Groups failing sessions by cause: by their newest recorded failure, or else by the last error in their row.
 *
 * @param failing - sessions that wait for their next attempt or were given up
 * @param outcomes - the recorded failures of the last days
 * @returns causes that need manual action first; causes without a failing session last
 */
export function groupSessions(failing: readonly SessionItem[], outcomes: readonly RecordedOutcome[]): FailureCause[] {
  const recorded = newestFailures(outcomes);
  const causes = new Map<string, FailureCause>();
  for (const { lastSessionId, sessions, ...group } of groupFailures(outcomes)) {
    causes.set(keyOf(group), { ...group, waiting: 0, givenUp: 0, sessions: [] });
  }
  for (const session of failing) {
    const failure = recorded.get(session.sessionId.toLowerCase()) ?? readFailure(session);
    const known = causes.get(keyOf(failure));
    const cause = known ?? { ...failure, cleanups: 0, lastAt: undefined, waiting: 0, givenUp: 0, sessions: [] };
    if (!known) causes.set(keyOf(failure), cause);
    cause.sessions.push(session);
    if (session.state === 'givenUp') cause.givenUp += 1;
    else cause.waiting += 1;
  }
  for (const cause of causes.values()) {
    cause.sessions.sort((a, b) => a.lastActivity.localeCompare(b.lastActivity));
    if (cause.sessions.some(isSession)) {
      cause.advice += ` ${RETRY_ADVICE[cause.givenUp > 0 ? 'givenUp' : 'waiting']}`;
    }
  }
  return [...causes.values()].sort((a, b) => b.givenUp - a.givenUp || b.waiting - a.waiting || b.cleanups - a.cleanups);
}

const isSession = ({ sessionId }: SessionItem) => 'id' in parseSessionId(sessionId);

type Failure = Pick<FailureCause, 'errorCode' | 'httpStatus' | 'what' | 'advice' | 'lastMessage'>;

const keyOf = ({ errorCode, httpStatus }: Pick<Failure, 'errorCode' | 'httpStatus'>) => `${errorCode} ${httpStatus}`;

/** The newest failure of each session, by its id. */
function newestFailures(outcomes: readonly RecordedOutcome[]): Map<string, Failure> {
  const newest = new Map<string, RecordedOutcome>();
  for (const one of outcomes) {
    const before = newest.get(one.sessionId);
    if (needsAttention(one.outcome) && (!before || one.runStartedAt > before.runStartedAt))
      newest.set(one.sessionId, one);
  }
  const failures = [...newest].map(([id, one]): [string, Failure] => {
    if (one.outcome === 'invalid') return [id.toLowerCase(), invalidRow(one.errorMessage)];
    const { errorCode = 'unknown', httpStatus, errorMessage: lastMessage } = one;
    return [id.toLowerCase(), { ...errorAdvice(one), errorCode, httpStatus, lastMessage }];
  });
  return new Map(failures);
}

const invalidRow = (lastMessage: string | undefined): Failure => ({
  ...INVALID_ROW,
  errorCode: 'invalid',
  httpStatus: undefined,
  lastMessage,
});

/** The failure in the row's last error, for a session whose outcome is no longer kept. */
function readFailure(session: SessionItem): Failure {
  if (!isSession(session)) return invalidRow(session.lastError);
  const { lastError } = session;
  const [, status, code] = FACT.exec(lastError ?? '') ?? [];
  if (status === undefined) {
    return {
      ...{ errorCode: 'unknown', httpStatus: undefined, lastMessage: lastError },
      what: 'The cleanup failed. Its outcome was not read.',
      advice: 'Open a session to see its last error and its history.',
    };
  }
  const failure = { errorCode: code, httpStatus: Number(status) };
  return {
    ...errorAdvice(failure),
    ...{ errorCode: code ?? `HTTP ${status}`, httpStatus: failure.httpStatus, lastMessage: lastError },
  };
}
