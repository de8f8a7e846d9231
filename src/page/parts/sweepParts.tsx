import { useState } from 'preact/hooks';
import { parseStopReason, STOP_REASONS } from '../../cleanup/model/stopReason.ts';
import type { RunItem, SweepLine, SweepOverviewItem } from '../../wire/schemas.ts';
import { durationInWords, numberInWords } from '../../wire/words.ts';
import { AppError } from '../api.ts';
import { bytesText, resultPieces } from '../outcomes.ts';
import { useAsk } from '../useAsk.ts';
import { Data } from './small.tsx';
import { type Column, Table } from './table.tsx';

/** The parts of a sweep that was fanned out. They are read when they are opened. */
export function SweepParts({ sweep }: { sweep: SweepLine }) {
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
          columns={COLUMNS}
          rows={read}
          keyOf={({ runId }) => runId}
          pageSize={16}
        />
      )}
    </details>
  );
}

const COLUMNS: Column<RunItem>[] = [
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
