import { useState } from 'preact/hooks';
import type { DashboardStatus } from '../../wire/pageSchemas.ts';
import type { SessionItem } from '../../wire/schemas.ts';
import { numberInWords, spanInWords } from '../../wire/words.ts';
import { capitalized, countText, STATE_NAMES } from '../text.ts';
import { type ListedState, useSessions } from '../useSessions.ts';
import { AnySession } from './anySession.tsx';
import { SessionActions, sessionText } from './sessionActions.tsx';
import { Data, Section, SessionLink, Time } from './small.tsx';
import { type Column, Table } from './table.tsx';

const LISTS: readonly ListedState[] = ['stale', 'waiting', 'givenUp', 'all'];

const listName = (state: ListedState) => (state === 'all' ? 'All' : capitalized(STATE_NAMES[state]));

/** The registered sessions, by state. */
export function Sessions({ status }: { status: DashboardStatus }) {
  const [state, setState] = useState<ListedState>();
  const list = useSessions(state);
  const { sessions, staleAfterMs } = status;
  const meanings: Record<SessionItem['state'], string> = {
    stale: `no activity for ${spanInWords(staleAfterMs)}: the next sweep deletes them`,
    waiting: 'failed before, and will be retried',
    givenUp: 'need manual action',
    active: `activity within ${spanInWords(staleAfterMs)}: left alone`,
  };
  const none = sessions && [sessions.stale, sessions.waiting, sessions.givenUp, sessions.active];
  const isEmpty = none?.every(({ count, more }) => count === 0 && !more) ?? false;
  return (
    <Section id="sessions" title="Registered sessions">
      {sessions ? (
        <dl class="tiles">
          {(['stale', 'waiting', 'givenUp', 'active'] as const).map((name) => (
            <div class={`tile ${name}${sessions[name].count > 0 ? ' some' : ''}`} key={name}>
              <dt>{capitalized(STATE_NAMES[name])}</dt>
              <dd class="value">{countText(sessions[name])}</dd>
              <dd>{meanings[name]}</dd>
            </div>
          ))}
        </dl>
      ) : (
        <p class="bad">The table of sessions could not be read. “Parts” shows why.</p>
      )}
      {isEmpty && (
        <p class="empty">
          No upload session is registered. Uploaders register theirs with PUT upload-sessions/{'{sessionId}'}, or with a
          row in the table of sessions.
        </p>
      )}
      {!isEmpty && (
        <fieldset class="choice">
          <legend>Show</legend>
          {LISTS.map((value) => (
            <label key={value}>
              <input type="radio" name="state" checked={state === value} onChange={() => setState(value)} />{' '}
              {listName(value)}
            </label>
          ))}
        </fieldset>
      )}
      {list && <List list={list} />}
      <AnySession />
    </Section>
  );
}

const COLUMNS: Column<SessionItem>[] = [
  {
    name: 'Session',
    isHeader: true,
    sortBy: ({ sessionId }) => sessionId,
    cell: ({ sessionId }) => <SessionLink id={sessionId} />,
  },
  { name: 'State', sortBy: ({ state }) => state, cell: ({ state }) => STATE_NAMES[state] },
  {
    name: 'Last activity',
    sortBy: ({ lastActivity }) => lastActivity,
    cell: ({ lastActivity, lastActivityError }) => (
      <>
        <Time at={lastActivity} />
        {lastActivityError !== undefined && (
          <span class="note">
            {' '}
            <Data text={lastActivityError} />
          </span>
        )}
      </>
    ),
  },
  {
    name: 'Path',
    sortBy: ({ storeRelativePath }) => storeRelativePath,
    cell: ({ storeRelativePath }) => <Data text={storeRelativePath} />,
  },
  { name: 'Owner', sortBy: ({ owner }) => owner, cell: ({ owner }) => <Data text={owner} /> },
  { name: 'Attempts', isNumber: true, sortBy: ({ attempts }) => attempts, cell: ({ attempts }) => attempts },
  { name: 'Actions', cell: (session) => <SessionActions session={session} /> },
];

function List({ list }: { list: NonNullable<ReturnType<typeof useSessions>> }) {
  if (list.error !== undefined) return <p class="bad">{list.error}</p>;
  if (list.items.length === 0) return <p class="empty">{list.isReading ? 'Reading …' : 'None.'}</p>;
  return (
    <>
      <Table
        key={list.state}
        caption={`${list.state === 'all' ? 'All registered' : listName(list.state)} sessions, the oldest first`}
        columns={COLUMNS}
        rows={list.items}
        keyOf={({ sessionId }) => sessionId}
        textOf={sessionText}
      />
      {list.more && (
        <p class="note">
          Partial data: the page reads {numberInWords(list.items.length)} sessions at most. The command line lists all.
        </p>
      )}
    </>
  );
}
