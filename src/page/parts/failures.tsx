import { parseSessionId } from '../../cleanup/model/sessionId.ts';
import type { DashboardHistory, FailureCause } from '../../wire/pageSchemas.ts';
import type { SessionItem } from '../../wire/schemas.ts';
import { counted, numberInWords } from '../../wire/words.ts';
import { joined, STATE_NAMES } from '../text.ts';
import { useActions } from '../useActions.ts';
import { SessionActions, sessionText } from './sessionActions.tsx';
import { Data, Section, SessionLink, Time } from './small.tsx';
import { type Column, Table } from './table.tsx';

/** The sessions that failed, by cause, with advice and actions. */
export function Failures({ history }: { history: DashboardHistory }) {
  const { failures, cut } = history;
  const now = failures.filter(({ sessions }) => sessions.length > 0);
  const over = failures.filter(({ sessions }) => sessions.length === 0);
  if (failures.length === 0) return null;
  return (
    <Section id="failures" title="Failures">
      {now.length === 0 && <p class="empty">No session is waiting for a retry or was given up.</p>}
      <ul class="causes">
        {now.map((cause) => (
          <Cause key={keyOf(cause)} cause={cause} />
        ))}
      </ul>
      {over.length > 0 && (
        <details class="list">
          <summary>{counted(over.length, 'cause')} without a failed session now</summary>
          <ul class="causes">
            {over.map((cause) => (
              <Cause key={keyOf(cause)} cause={cause} />
            ))}
          </ul>
        </details>
      )}
      {(cut.outcomes || cut.sessions) && (
        <p class="note">Partial data: there are more failures than this page reads, so the numbers are minimums.</p>
      )}
    </Section>
  );
}

const keyOf = ({ errorCode, httpStatus, lastMessage }: FailureCause) =>
  errorCode === 'unknown' ? `unknown ${lastMessage}` : `${errorCode} ${httpStatus}`;

const isId = ({ sessionId }: SessionItem) => 'id' in parseSessionId(sessionId);

function Cause({ cause }: { cause: FailureCause }) {
  const { what, advice, errorCode, httpStatus, cleanups, lastAt, lastMessage, waiting, givenUp, sessions } = cause;
  const { busy, retry } = useActions();
  const retryable = sessions.filter(isId).map(({ sessionId }) => sessionId);
  const counts = [
    ...(givenUp > 0 ? [`${numberInWords(givenUp)} ${STATE_NAMES.givenUp}`] : []),
    ...(waiting > 0 ? [`${numberInWords(waiting)} ${STATE_NAMES.waiting}`] : []),
  ];
  return (
    <li>
      <div class="cause">
        <h3>{what}</h3>
        {retryable.length > 0 && (
          <button
            type="button"
            aria-disabled={busy !== undefined}
            onClick={() => busy === undefined && void retry(retryable)}
          >
            {busy ?? (retryable.length === 1 ? 'Retry' : `Retry all ${numberInWords(retryable.length)}`)}
            <span class="for"> that failed with {errorCode}</span>
          </button>
        )}
      </div>
      <p class="codes">
        {counts.length > 0 && <strong class={givenUp > 0 ? 'bad' : ''}>{joined(counts)} </strong>}
        <code>
          <Data text={errorCode} />
        </code>{' '}
        {httpStatus !== undefined && <code>{httpStatus}</code>}{' '}
        {cleanups > 0 && (
          <span>
            {counted(cleanups, 'cleanup')} in 14 days, last <Time at={lastAt} />
          </span>
        )}
      </p>
      <p>{advice}</p>
      {lastMessage !== undefined && (
        <p class="note">
          Latest example: <Data text={lastMessage} />
        </p>
      )}
      {sessions.length > 0 && (
        <details class="list">
          <summary>
            {counted(sessions.length, 'session')}
            <span class="for"> that failed with {errorCode}</span>
          </summary>
          <FailedSessions sessions={sessions} errorCode={errorCode} />
        </details>
      )}
    </li>
  );
}

function FailedSessions({ sessions, errorCode }: { sessions: SessionItem[]; errorCode: string }) {
  const columns: Column<SessionItem>[] = [
    { name: 'Session', isHeader: true, cell: ({ sessionId }) => <SessionLink id={sessionId} /> },
    {
      name: 'Path, owner',
      sortBy: ({ storeRelativePath }) => storeRelativePath,
      cell: ({ storeRelativePath, owner }) => (
        <>
          <Data text={storeRelativePath} />
          <br />
          <span class="note">
            <Data text={owner} />
          </span>
        </>
      ),
    },
    {
      name: 'Last activity',
      sortBy: ({ lastActivity }) => lastActivity,
      cell: ({ lastActivity }) => <Time at={lastActivity} />,
    },
    { name: 'Attempts', isNumber: true, sortBy: ({ attempts }) => attempts, cell: ({ attempts }) => attempts },
    {
      name: 'State',
      sortBy: ({ state }) => state,
      cell: ({ state, nextAttemptAt }) =>
        state === 'waiting' ? (
          <>
            {STATE_NAMES[state]}, next attempt <Time at={nextAttemptAt} />
          </>
        ) : (
          STATE_NAMES[state]
        ),
    },
    { name: 'Actions', cell: (session) => <SessionActions session={session} /> },
  ];
  return (
    <Table
      caption={`Sessions that failed with ${errorCode}, the oldest first`}
      columns={columns}
      rows={sessions}
      keyOf={({ sessionId }) => sessionId}
      textOf={sessionText}
      pageSize={10}
    />
  );
}
