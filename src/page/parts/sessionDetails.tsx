import { OUTCOME_KINDS } from '../../cleanup/model/outcomeKind.ts';
import type { OutcomeItem, SessionDetails } from '../../wire/schemas.ts';
import { bytesInWords, deletedInWords, numberInWords } from '../../wire/words.ts';
import { STATE_NAMES, visible } from '../text.ts';
import { Cluster, Pair } from './clusterView.tsx';
import { Copy, Data, Time } from './small.tsx';
import { type Column, Table } from './table.tsx';

/** A session's row, the cluster's view of it, and its history. */
export function Details({ details: { registered, cluster, history } }: { details: SessionDetails }) {
  return (
    <>
      <h3>Row</h3>
      {registered ? (
        <dl class="pairs">
          <Pair name="State">{STATE_NAMES[registered.state]}</Pair>
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
      <h3>On the cluster</h3>
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
