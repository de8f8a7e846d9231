import { useState } from 'preact/hooks';
import { parseStopReason, STOP_REASONS } from '../../cleanup/model/stopReason.ts';
import type { DashboardHistory, SweepOrIdle } from '../../wire/pageSchemas.ts';
import type { RunItem, SweepLine, SweepOverviewItem } from '../../wire/schemas.ts';
import { counted, durationInWords, instantInWords, numberInWords } from '../../wire/words.ts';
import { AppError } from '../api.ts';
import { bytesText, resultPieces, TRIGGERS } from '../outcomes.ts';
import { clockText } from '../text.ts';
import { useAsk } from '../useAsk.ts';
import { SweepResult } from './facts.tsx';
import { Data, Section, Time } from './small.tsx';
import { type Column, Table } from './table.tsx';

/** The sweeps of the last days: results first, and sweeps without stale sessions folded together. */
export function Sweeps({ history }: { history: DashboardHistory }) {
  const { sweeps, cut, days } = history;
  return (
    <Section id="sweeps" title="Sweeps">
      {sweeps.length === 0 ? (
        <p class="empty">No sweep in the last {days.length} days.</p>
      ) : (
        <Table
          caption={`Sweeps of the last ${days.length} days, the newest first`}
          columns={COLUMNS}
          rows={sweeps}
          keyOf={(entry) => ('sweep' in entry ? entry.sweep.sweepId : `idle ${entry.idle.firstAt}`)}
          textOf={filterText}
          pageSize={15}
        />
      )}
      {cut.runs && <p class="note">Partial data: there are more sweeps than this page reads.</p>}
    </Section>
  );
}

const isFailed = (sweep: SweepLine) =>
  sweep.stoppedBy !== undefined && STOP_REASONS[parseStopReason(sweep.stoppedBy)].severity === 'error';

const COLUMNS: Column<SweepOrIdle>[] = [
  {
    name: 'Result',
    isHeader: true,
    cell: (entry) => ('sweep' in entry ? <Result sweep={entry.sweep} /> : <Idle {...entry} />),
  },
  {
    name: 'Began',
    sortBy: (entry) => ('sweep' in entry ? entry.sweep.startedAt : entry.idle.lastAt),
    cell: (entry) => <Time at={'sweep' in entry ? entry.sweep.startedAt : entry.idle.lastAt} />,
  },
  {
    name: 'By',
    sortBy: (entry) => ('sweep' in entry ? entry.sweep.trigger : ''),
    cell: (entry) => ('sweep' in entry ? <By sweep={entry.sweep} /> : ''),
  },
  {
    name: 'Rows read',
    isNumber: true,
    sortBy: (entry) => ('sweep' in entry ? entry.sweep.scanned : undefined),
    cell: (entry) => ('sweep' in entry ? numberInWords(entry.sweep.scanned) : ''),
  },
  {
    name: 'Freed',
    isNumber: true,
    sortBy: (entry) => ('sweep' in entry ? entry.sweep.bytesFreed : undefined),
    cell: (entry) => ('sweep' in entry ? bytesText(entry.sweep) : ''),
  },
  {
    name: 'Took',
    isNumber: true,
    sortBy: (entry) => ('sweep' in entry ? tookMs(entry.sweep) : undefined),
    cell: (entry) => ('sweep' in entry ? durationInWords(tookMs(entry.sweep)) : ''),
  },
];

const tookMs = ({ startedAt, endedAt }: SweepLine) => new Date(endedAt).getTime() - new Date(startedAt).getTime();

function filterText(entry: SweepOrIdle): string {
  if (!('sweep' in entry)) return 'no stale session';
  const { sweep } = entry;
  const ended = sweep.stoppedBy === undefined ? '' : STOP_REASONS[parseStopReason(sweep.stoppedBy)].label;
  const did = resultPieces(sweep.outcomes).map(({ text }) => text);
  return [sweep.sweepId, ended, sweep.error, TRIGGERS[sweep.trigger], sweep.dryRun ? 'dry run' : '', ...did].join(' ');
}

function By({ sweep }: { sweep: SweepLine }) {
  return (
    <>
      {TRIGGERS[sweep.trigger] ?? <Data text={sweep.trigger} />}
      {sweep.dryRun && <span class="tag">dry run</span>}
    </>
  );
}

function Result({ sweep }: { sweep: SweepLine }) {
  const { expected, ended } = sweep.parts;
  const isOne = expected === 1 || (expected === undefined && ended <= 1);
  return (
    <>
      <span class={isFailed(sweep) ? 'bad' : ''}>
        <SweepResult sweep={sweep} />
      </span>
      {sweep.error !== undefined && (
        <p class="note">
          <Data text={sweep.error} />
        </p>
      )}
      {!isOne && <Parts sweep={sweep} />}
    </>
  );
}

function Idle({ idle: { count, firstAt, lastAt } }: Extract<SweepOrIdle, { idle: unknown }>) {
  return (
    <span class="note">
      {counted(count, 'sweep')} with no stale session
      {count > 1 && `, from ${instantInWords(firstAt).slice(0, 16)} to ${clockText(lastAt)} UTC`}
    </span>
  );
}

/** The parts of a fanned-out sweep, which are read when they are opened. */
function Parts({ sweep }: { sweep: SweepLine }) {
  const [read, setRead] = useState<RunItem[] | { error: string }>();
  const ask = useAsk();
  const { expected, ended } = sweep.parts;
  const open = async () => {
    if (Array.isArray(read)) return;
    try {
      const { runs } = await ask<SweepOverviewItem>('GET', `/sweeps/${encodeURIComponent(sweep.sweepId)}`);
      setRead(runs.filter(({ parts }) => parts === undefined));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      setRead({ error: error.message });
    }
  };
  return (
    <details class="list" onToggle={({ currentTarget }) => currentTarget.open && void open()}>
      <summary>
        {numberInWords(ended)} of {expected === undefined ? 'an unknown number of' : numberInWords(expected)} parts
        ended
      </summary>
      {read === undefined && <p>Reading …</p>}
      {read && 'error' in read && <p class="bad">{read.error}</p>}
      {Array.isArray(read) && (
        <Table
          caption="The parts of the sweep"
          columns={PART_COLUMNS}
          rows={read}
          keyOf={({ runId }) => runId}
          pageSize={16}
        />
      )}
    </details>
  );
}

const PART_COLUMNS: Column<RunItem>[] = [
  {
    name: 'Partition',
    isHeader: true,
    sortBy: ({ partition }) => partition,
    cell: ({ partition }) => <Data text={partition} />,
  },
  {
    name: 'Ended',
    sortBy: ({ stoppedBy }) => stoppedBy,
    cell: ({ stoppedBy }) => {
      const { label, severity } = STOP_REASONS[parseStopReason(stoppedBy)];
      return <span class={severity === 'error' ? 'bad' : ''}>{label}</span>;
    },
  },
  {
    name: 'Outcomes',
    cell: ({ outcomes }) => {
      const pieces = resultPieces(outcomes);
      return pieces.length === 0 ? 'no stale session' : pieces.map(({ text }) => text).join(', ');
    },
  },
  { name: 'Freed', isNumber: true, sortBy: ({ bytesFreed }) => bytesFreed, cell: bytesText },
  {
    name: 'Took',
    isNumber: true,
    sortBy: ({ durationMs }) => durationMs,
    cell: ({ durationMs }) => durationInWords(durationMs),
  },
];
