import { useContext, useState } from 'preact/hooks';
import type { DashboardStatus } from '../../wire/pageSchemas.ts';
import type { SessionItem } from '../../wire/schemas.ts';
import { numberInWords, spanInWords } from '../../wire/words.ts';
import { countText } from '../text.ts';
import { type ListedState, useSessions } from '../useSessions.ts';
import { DeleteContext } from './deleteDialog.tsx';
import { SessionActions, textOf } from './failures.tsx';
import { Data, Section, SessionLink, Time } from './small.tsx';
import { type Column, Table } from './table.tsx';

const STATES: [state: ListedState, name: string][] = [
  ['stale', 'Stale'],
  ['waiting', 'Waiting'],
  ['givenUp', 'Given up'],
  ['all', 'All'],
];

/** The registered sessions, by state. */
export function Sessions({ status }: { status: DashboardStatus }) {
  const [state, setState] = useState<ListedState>();
  const list = useSessions(state);
  const { sessions, staleAfterMs } = status;
  const meanings: Record<string, string> = {
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
              <dt>{name === 'givenUp' ? 'Given up' : name}</dt>
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
          No upload session is registered. Whoever uploads registers a session with PUT upload-sessions/{'{sessionId}'},
          or with a row in the table of sessions.
        </p>
      )}
      {!isEmpty && (
        <fieldset class="choice">
          <legend>List of</legend>
          {STATES.map(([value, name]) => (
            <label key={value}>
              <input type="radio" name="state" checked={state === value} onChange={() => setState(value)} /> {name}
            </label>
          ))}
        </fieldset>
      )}
      {list && <List list={list} />}
      <DeleteOne />
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
  { name: 'State', sortBy: ({ state }) => state, cell: ({ state }) => (state === 'givenUp' ? 'given up' : state) },
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
  const name = STATES.find(([state]) => state === list.state)?.[1] ?? '';
  if (list.error !== undefined) return <p class="bad">{list.error}</p>;
  if (list.items.length === 0) return <p class="empty">{list.isReading ? 'Reading …' : 'None.'}</p>;
  return (
    <>
      <Table
        key={list.state}
        caption={`${name === 'All' ? 'All registered' : name} sessions, the oldest first`}
        columns={COLUMNS}
        rows={list.items}
        keyOf={({ sessionId }) => sessionId}
        textOf={textOf}
      />
      {list.more && (
        <p class="note">
          Partial data: the page reads {numberInWords(list.items.length)} sessions at most. The command line lists all.
        </p>
      )}
    </>
  );
}

/** Any session of the cluster, registered or not. */
function DeleteOne() {
  const [id, setId] = useState('');
  const askToDelete = useContext(DeleteContext);
  return (
    <form
      class="inline"
      onSubmit={(event) => {
        event.preventDefault();
        askToDelete({ id: bareId(id), about: undefined });
      }}
    >
      <label for="one-id">Any session of the cluster</label>
      <input
        id="one-id"
        class="guid"
        value={id}
        required
        autocomplete="off"
        spellcheck={false}
        size={38}
        pattern="\s*\{?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}?\s*"
        title="A GUID of 36 characters with hyphens"
        placeholder="6f9619ff-8b86-d011-b42d-00c04fc964ff"
        onInput={({ currentTarget }) => setId(currentTarget.value)}
      />
      <button type="button" onClick={({ currentTarget }) => currentTarget.form?.reportValidity() && open(bareId(id))}>
        Show
      </button>
      <button type="submit">Delete …</button>
    </form>
  );
}

const bareId = (text: string) => text.trim().replace(/[{}]/g, '').toLowerCase();

function open(id: string): void {
  location.hash = new URLSearchParams({ session: id }).toString();
}
