import { parseStopReason, STOP_REASONS } from '../../cleanup/model/stopReason.ts';
import type { DashboardHistory, SweepOrIdle } from '../../wire/pageSchemas.ts';
import type { SweepLine } from '../../wire/schemas.ts';
import { counted, durationInWords, instantInWords, numberInWords } from '../../wire/words.ts';
import { bytesText, resultPieces } from '../outcomes.ts';
import { clockText } from '../text.ts';
import { Data, Section, Time } from './small.tsx';
import { SweepParts } from './sweepParts.tsx';
import { SweepResult } from './sweepResult.tsx';
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
  return [sweep.sweepId, ended, sweep.error, sweep.trigger, sweep.dryRun ? 'dry run' : '', ...did].join(' ');
}

function By({ sweep }: { sweep: SweepLine }) {
  return (
    <>
      {sweep.trigger}
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
      {!isOne && <SweepParts sweep={sweep} />}
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
