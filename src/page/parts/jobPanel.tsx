import { useEffect, useRef } from 'preact/hooks';
import { OUTCOME_KINDS } from '../../cleanup/model/outcomeKind.ts';
import { parseStopReason, STOP_REASONS } from '../../cleanup/model/stopReason.ts';
import type { PlannedItem } from '../../wire/schemas.ts';
import { bytesInWords, durationInWords, numberInWords, spanInWords } from '../../wire/words.ts';
import { resultPieces } from '../outcomes.ts';
import { type Job, useJobs } from '../useJob.ts';
import { useNow } from '../useNow.ts';
import { Data, SessionLink, Time } from './small.tsx';
import { Pieces } from './sweepResult.tsx';
import { type Column, Table } from './table.tsx';

/** The requested sweep or dry run: how long it has been running, then its result. */
export function JobPanel() {
  const { job, close } = useJobs();
  const panel = useRef<HTMLElement>(null);
  const id = job?.id;
  useEffect(() => {
    // The button that started it is in a closed dialog, so the focus moves here.
    if (id !== undefined) panel.current?.focus();
  }, [id]);
  if (!job) return null;
  const name = job.order.dryRun ? 'Dry run' : 'Sweep';
  return (
    <section
      id="job"
      ref={panel}
      tabIndex={-1}
      aria-labelledby="job-title"
      class={job.error === undefined ? '' : 'bad'}
    >
      <div role="status">
        <h2 id="job-title">
          {job.endedAt === undefined ? `${name} running` : job.error === undefined ? `${name} ended` : `${name} failed`}
        </h2>
      </div>
      {job.endedAt === undefined ? <Elapsed since={job.startedAt} /> : <Outcome job={job} />}
      {job.endedAt !== undefined && (
        <div class="actions">
          <button type="button" onClick={close}>
            Close
          </button>
        </div>
      )}
    </section>
  );
}

function Elapsed({ since }: { since: number }) {
  const now = useNow(1000);
  return <p>For {spanInWords(now - since)}. You can use the page meanwhile.</p>;
}

function Outcome({ job }: { job: Job }) {
  const { answer, error, startedAt, endedAt = startedAt, order } = job;
  if (error !== undefined) return <p>{error}</p>;
  if (!answer) return null;
  const reason = parseStopReason(answer.stoppedBy);
  const bytes = order.dryRun
    ? `${bytesInWords(answer.bytesToFree ?? 0)} would be freed`
    : `${bytesInWords(answer.bytesFreed)} freed`;
  const pieces = resultPieces(answer.outcomes);
  return (
    <>
      <p>
        {order.dryRun && 'Nothing was changed. '}
        {pieces.length === 0 ? 'No session was stale.' : <Pieces pieces={pieces} />}
        {pieces.length > 0 && `; ${bytes}.`} It took {durationInWords(endedAt - startedAt)}.
        {reason !== 'completed' && ` ${STOP_REASONS[reason].sentence}`}
        {answer.error !== undefined && (
          <>
            {' '}
            <Data text={answer.error} />
          </>
        )}
      </p>
      {answer.planned && answer.planned.length > 0 && <Plan planned={answer.planned} leftOut={answer.plannedLeftOut} />}
    </>
  );
}

const ROWS: Record<PlannedItem['row'], string> = {
  removed: 'removed',
  updated: 'updated',
  triedAgainLater: 'retried later',
  givenUp: 'given up',
  left: 'left as it is',
};

const PLAN: Column<PlannedItem>[] = [
  { name: 'Session', isHeader: true, cell: ({ sessionId }) => <SessionLink id={sessionId} /> },
  {
    name: 'Outcome',
    sortBy: ({ outcome }) => outcome,
    cell: ({ outcome }) => (
      <span class={OUTCOME_KINDS[outcome].severity === 'error' ? 'bad' : ''}>{OUTCOME_KINDS[outcome].label}</span>
    ),
  },
  { name: 'Why', cell: ({ why }) => <Data text={why} /> },
  {
    name: 'Last activity',
    sortBy: ({ lastActivity }) => lastActivity,
    cell: ({ lastActivity }) => <Time at={lastActivity} />,
  },
  { name: 'Row', sortBy: ({ row }) => row, cell: ({ row }) => ROWS[row] },
  {
    name: 'Held',
    isNumber: true,
    sortBy: ({ bytes }) => bytes,
    cell: ({ bytes }) => (bytes === undefined ? '–' : bytesInWords(bytes)),
  },
  {
    name: 'Path',
    sortBy: ({ storeRelativePath }) => storeRelativePath,
    cell: ({ storeRelativePath }) => <Data text={storeRelativePath} />,
  },
  { name: 'Owner', sortBy: ({ owner }) => owner, cell: ({ owner }) => <Data text={owner} /> },
];

function Plan({ planned, leftOut = 0 }: { planned: PlannedItem[]; leftOut: number | undefined }) {
  return (
    <>
      <Table
        caption="What a sweep would do with each session"
        columns={PLAN}
        rows={planned}
        keyOf={({ sessionId }) => sessionId}
        textOf={({ sessionId, outcome, why, storeRelativePath, owner }) =>
          [sessionId, outcome, why, storeRelativePath, owner].join(' ')
        }
        pageSize={10}
      />
      {leftOut > 0 && (
        <p class="note">
          Partial data: the summary counts all, the table lists {numberInWords(planned.length)};{' '}
          {numberInWords(leftOut)} more are left out.
        </p>
      )}
    </>
  );
}
