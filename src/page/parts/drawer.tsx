import { useContext, useEffect, useState } from 'preact/hooks';
import { OUTCOME_KINDS } from '../../cleanup/model/outcomeKind.ts';
import { parseSessionId } from '../../cleanup/model/sessionId.ts';
import type { OutcomeItem, SessionDetails } from '../../wire/schemas.ts';
import { bytesInWords, deletedInWords, numberInWords } from '../../wire/words.ts';
import { AppError } from '../api.ts';
import { visible } from '../text.ts';
import { useActions } from '../useActions.ts';
import { useApp } from '../useApp.ts';
import { useAsk } from '../useAsk.ts';
import { Cluster, Pair } from './clusterView.tsx';
import { DeleteContext } from './deleteDialog.tsx';
import { Modal } from './modal.tsx';
import { Copy, Data, Time } from './small.tsx';
import { type Column, Table } from './table.tsx';

/** Everything that is known about one session, in a drawer over the page. Its link is in the address. */
export function Drawer({ sessionId, onClose }: { sessionId: string; onClose(): void }) {
  const parsed = parseSessionId(sessionId.replace(/^\{|\}$/g, ''));
  return (
    <Modal titleId="session-title" class="drawer" onClose={onClose}>
      <div class="top">
        <h2 id="session-title">Upload session</h2>
        <button type="button" data-first onClick={onClose}>
          Close
        </button>
      </div>
      {'id' in parsed ? (
        <Session key={parsed.id} id={parsed.id} />
      ) : (
        <p class="bad">
          “<Data text={sessionId} />” {parsed.error}.
        </p>
      )}
    </Modal>
  );
}

function Session({ id }: { id: string }) {
  const { refreshes } = useApp();
  const ask = useAsk();
  const [details, setDetails] = useState<SessionDetails>();
  const [error, setError] = useState<string>();
  useEffect(() => {
    ask<SessionDetails>('GET', `/upload-sessions/${id}`).then(
      (read) => {
        setDetails(read);
        setError(undefined);
      },
      (failure: unknown) => {
        if (!(failure instanceof AppError)) throw failure;
        setDetails(undefined);
        setError(failure.status === 404 ? `${id} not found. ${failure.message}` : failure.message);
      },
    );
    // Read again after each action and each Refresh, and not by a timer: it asks the cluster.
  }, [id, refreshes]);

  const link = `${location.origin}${location.pathname}#session=${id}`;
  return (
    <>
      <p class="subject">
        <span class="guid">{id}</span>
        <Copy text={id} what="session id" />
        <Copy text={link} what="link" />
      </p>
      {error !== undefined && (
        <p class="bad" role="status">
          {error}
        </p>
      )}
      {!details && error === undefined && <p role="status">Reading the row, the history and the cluster’s view …</p>}
      {details && <Details details={details} />}
      <Actions id={id} details={details} />
    </>
  );
}

function Actions({ id, details }: { id: string; details: SessionDetails | undefined }) {
  const { busy, retry } = useActions();
  const askToDelete = useContext(DeleteContext);
  const state = details?.registered?.state;
  return (
    <div class="actions">
      {(state === 'givenUp' || state === 'waiting') && (
        <button type="button" aria-disabled={busy !== undefined} onClick={() => busy === undefined && void retry([id])}>
          Retry
        </button>
      )}
      <button type="button" onClick={() => askToDelete({ id, about: details?.registered?.storeRelativePath })}>
        Delete …
      </button>
    </div>
  );
}

function Details({ details: { registered, cluster, history } }: { details: SessionDetails }) {
  return (
    <>
      <h3>Row</h3>
      {registered ? (
        <dl class="pairs">
          <Pair name="State">{registered.state === 'givenUp' ? 'given up' : registered.state}</Pair>
          <Pair name="Last activity">
            <Time at={registered.lastActivity} exact />
          </Pair>
          {registered.lastActivityError !== undefined && (
            <Pair name="">
              <Data text={registered.lastActivityError} />
            </Pair>
          )}
          <Pair name="Path">
            <Data text={registered.storeRelativePath} />
          </Pair>
          <Pair name="Owner">
            <Data text={registered.owner} />
          </Pair>
          <Pair name="Attempts">{registered.attempts}</Pair>
          {registered.nextAttemptAt !== undefined && (
            <Pair name="Next attempt">
              <Time at={registered.nextAttemptAt} exact />
            </Pair>
          )}
          {registered.lastError !== undefined && (
            <Pair name="Last error">
              <Data text={registered.lastError} />
            </Pair>
          )}
        </dl>
      ) : (
        <p class="empty">Not registered, or already cleaned up.</p>
      )}
      <h3>Cluster</h3>
      <Cluster view={cluster} />
      <h3>History</h3>
      {history.items.length === 0 ? (
        <p class="empty">No outcome is recorded.</p>
      ) : (
        <Table
          caption="Outcomes, the newest first"
          columns={HISTORY}
          rows={history.items}
          keyOf={keyOf}
          pageSize={10}
        />
      )}
      {history.continuationToken !== undefined && (
        <p class="note">Partial data: these are the newest {numberInWords(history.items.length)}.</p>
      )}
    </>
  );
}

const keyOf = ({ runId, runStartedAt, requestId }: OutcomeItem) => `${runStartedAt} ${runId} ${requestId}`;

const HISTORY: Column<OutcomeItem>[] = [
  {
    name: 'Outcome',
    isHeader: true,
    cell: (item) => (
      <>
        <span class={OUTCOME_KINDS[item.outcome].severity === 'error' ? 'bad' : ''}>
          {OUTCOME_KINDS[item.outcome].label}
        </span>
        {item.outcome === 'deleted' && item.bytes !== undefined && ` (${bytesInWords(item.bytes)})`}
        {item.outcome === 'deleted' && item.complete !== undefined && `, ${deletedInWords(item)}`}
      </>
    ),
  },
  { name: 'When', cell: ({ runStartedAt }) => <Time at={runStartedAt} exact /> },
  {
    name: 'Why',
    cell: ({ errorCode, httpStatus, errorMessage }) =>
      errorCode === undefined && errorMessage === undefined ? (
        <span class="none">–</span>
      ) : (
        <>
          {errorCode !== undefined && <code>{visible(`${errorCode} ${httpStatus ?? ''}`.trim())}</code>}{' '}
          <Data text={errorMessage} />
        </>
      ),
  },
  {
    name: 'Request id',
    cell: ({ requestId }) =>
      requestId === undefined ? (
        <span class="none">–</span>
      ) : (
        <>
          <span class="guid">
            <Data text={requestId} />
          </span>{' '}
          <Copy text={requestId} what="request id" />
        </>
      ),
  },
];
