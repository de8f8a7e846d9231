import { CHECK_NAMES } from '../../health/check.ts';
import { CHECK_STATUSES } from '../../health/checkStatus.ts';
import type { DashboardStatus } from '../../wire/pageSchemas.ts';
import { durationInWords } from '../../wire/words.ts';
import { capitalized } from '../text.ts';
import { Data, Section, Time } from './small.tsx';
import { type Column, Table } from './table.tsx';

type Part = DashboardStatus['parts'][number];

const COLUMNS: Column<Part>[] = [
  { name: 'Part', isHeader: true, cell: ({ name }) => capitalized(CHECK_NAMES[name]) },
  {
    name: 'State',
    cell: ({ status }) => {
      const { label, severity } = CHECK_STATUSES[status];
      return <span class={severity === 'error' ? 'bad' : ''}>{label}</span>;
    },
  },
  { name: 'Checked', cell: ({ checkedAt }) => <Time at={checkedAt} /> },
  {
    name: 'Took',
    isNumber: true,
    cell: ({ latencyMs }) => (latencyMs === undefined ? <span class="none">–</span> : durationInWords(latencyMs)),
  },
  {
    name: 'Finding',
    cell: ({ detail, advice }) => (
      <>
        <Data text={detail} />
        {advice !== undefined && <p class="note">{advice}</p>}
      </>
    ),
  },
];

/** Each part that the app depends on. */
export function HealthParts({ parts }: { parts: Part[] }) {
  return (
    <Section id="parts" title="Parts">
      <Table
        caption="Cluster and credentials as the latest probe found them. Each scheduled sweep probes, and so does Refresh"
        columns={COLUMNS}
        rows={parts}
        keyOf={({ name }) => name}
      />
    </Section>
  );
}
