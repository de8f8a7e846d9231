import { OUTCOME_KINDS, type OutcomeKind } from '../../cleanup/model/outcomeKind.ts';
import type { DashboardHistory } from '../../wire/pageSchemas.ts';
import { bytesInWords, counted, numberInWords } from '../../wire/words.ts';
import { ALL_KINDS } from '../outcomes.ts';
import { Section } from './small.tsx';
import { type Column, Table } from './table.tsx';

type Day = DashboardHistory['days'][number];

/** Units of the drawing, which is scaled to the available width. */
const HEIGHT = 100;
const COLUMN = 10;
const BAR = 7;
/** The minimum height, so that even a few are visible. */
const LEAST = 2;

/** From the baseline up. Failures come first, so that they start at the same height every day. */
const SHOWN = ALL_KINDS.filter((kind) => OUTCOME_KINDS[kind].recorded).toSorted(
  (a, b) => Number(OUTCOME_KINDS[b].severity === 'error') - Number(OUTCOME_KINDS[a].severity === 'error'),
);

const total = ({ outcomes }: Day) => SHOWN.reduce((sum, kind) => sum + outcomes[kind], 0);
const monthOf = (day: string) => new Date(day).toLocaleDateString('en', { month: 'short', timeZone: 'UTC' });

/** The outcomes of the last days: stacked bars, a sentence and a table with the same numbers. */
export function Chart({ history: { days, cut } }: { history: DashboardHistory }) {
  const top = niceTop(Math.max(0, ...days.map(total)));
  const sums = SHOWN.map((kind) => ({ kind, count: days.reduce((sum, { outcomes }) => sum + outcomes[kind], 0) }));
  const all = sums.reduce((sum, { count }) => sum + count, 0);
  const bytes = days.reduce((sum, { bytesFreed }) => sum + bytesFreed, 0);
  return (
    <Section id="outcomes" title={`Outcomes of ${days.length} days`}>
      {all === 0 ? (
        <p class="empty">No session was cleaned up in these days.</p>
      ) : (
        <>
          <p class="sum">
            <strong>{bytesInWords(bytes)}</strong> freed on the cluster’s disks by {counted(all, 'cleanup')}.
          </p>
          <figure>
            <div class="plot">
              <div class="scale" aria-hidden="true">
                <span>{numberInWords(top)}</span>
                <span>{numberInWords(top / 2)}</span>
                <span>0</span>
              </div>
              <Bars days={days} top={top} />
            </div>
            <ol class="days" aria-hidden="true">
              {days.map((day, n) => (
                <li key={day.day}>
                  <strong class={day.outcomes.failed > 0 ? 'bad' : ''}>
                    {total(day) > 0 ? numberInWords(total(day)) : ''}
                  </strong>
                  <span>
                    {new Date(day.day).getUTCDate()}
                    {(n === 0 || new Date(day.day).getUTCDate() === 1) && ` ${monthOf(day.day)}`}
                  </span>
                </li>
              ))}
            </ol>
            <figcaption>
              <ul class="legend">
                {sums.map(
                  ({ kind, count }) =>
                    count > 0 && (
                      <li key={kind}>
                        <svg viewBox="0 0 12 12" aria-hidden="true">
                          <rect class={kind} width="12" height="12" />
                        </svg>
                        {OUTCOME_KINDS[kind].label} <strong>{numberInWords(count)}</strong>{' '}
                        <span>{OUTCOME_KINDS[kind].meaning}</span>
                      </li>
                    ),
                )}
              </ul>
            </figcaption>
          </figure>
          <details class="list">
            <summary>Show as table</summary>
            <Table
              caption="Cleanups by day (UTC) and outcome"
              columns={COLUMNS}
              rows={days.toReversed()}
              keyOf={({ day }) => day}
            />
          </details>
        </>
      )}
      {(cut.runs || cut.outcomes) && <p class="note">Partial data: these days hold more than the page reads.</p>}
    </Section>
  );
}

function Bars({ days, top }: { days: Day[]; top: number }) {
  const width = days.length * COLUMN;
  return (
    <svg
      viewBox={`0 0 ${width} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label="Stacked bars, one for each day. The table below has the same numbers."
    >
      <path class="grid" d={`M0 .5H${width}M0 ${HEIGHT / 2}H${width}`} />
      {days.map((day, n) => (
        <Bar key={day.day} day={day} x={n * COLUMN + (COLUMN - BAR) / 2} top={top} />
      ))}
    </svg>
  );
}

function Bar({ day, x, top }: { day: Day; x: number; top: number }) {
  let y = HEIGHT;
  const pieces = SHOWN.filter((kind) => day.outcomes[kind] > 0).map((kind: OutcomeKind) => {
    const height = Math.min(y, Math.max(LEAST, (day.outcomes[kind] / top) * HEIGHT));
    y -= height;
    return <rect key={kind} class={kind} x={x} y={y.toFixed(2)} width={BAR} height={height.toFixed(2)} />;
  });
  return <g>{pieces}</g>;
}

/** The lowest even number that begins with 1, 2, 4, 6 or 8 before its zeros and is high enough. */
function niceTop(most: number): number {
  if (most <= 2) return 2;
  const step = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 4, 6, 8, 10].map((factor) => factor * step).find((top) => top >= most && top % 2 === 0) ?? most;
}

const COLUMNS: Column<Day>[] = [
  {
    name: 'Day',
    isHeader: true,
    sortBy: ({ day }) => day,
    cell: ({ day }) => <time dateTime={day.slice(0, 10)}>{day.slice(0, 10)}</time>,
  },
  ...SHOWN.map(
    (kind): Column<Day> => ({
      name: OUTCOME_KINDS[kind].label,
      isNumber: true,
      sortBy: ({ outcomes }) => outcomes[kind],
      cell: ({ outcomes }) => numberInWords(outcomes[kind]),
    }),
  ),
  {
    name: 'Freed',
    isNumber: true,
    sortBy: ({ bytesFreed }) => bytesFreed,
    cell: ({ bytesFreed }) => bytesInWords(bytesFreed),
  },
];
