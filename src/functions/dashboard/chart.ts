import type { DayTally } from '../../health/overview/tallyDays.ts';
import { type Html, html } from './html.ts';
import { table } from './table.ts';
import { bytesText, numberText } from './text.ts';
import { OUTCOME_MEANINGS, OUTCOME_WORDS, SHOWN_OUTCOMES, type ShownOutcome } from './words.ts';

/** Units of the drawing, which is stretched to its place. */
const HEIGHT = 100;
const COLUMN = 10;
const BAR = 7;
/** However little it is beside the rest, a failure is seen. */
const LEAST = 1.5;

const dayName = (day: Date) => day.toLocaleDateString('en', { day: 'numeric', month: 'short', timeZone: 'UTC' });
const total = ({ outcomes }: DayTally) => SHOWN_OUTCOMES.reduce((sum, kind) => sum + outcomes[kind], 0);

/** The outcomes of the last days: stacked bars, a sentence and a table that say the same. */
export function chart(days: readonly DayTally[], cut: boolean): Html {
  const top = niceTop(Math.max(0, ...days.map(total)));
  const sums = SHOWN_OUTCOMES.map((kind) => ({
    kind,
    count: days.reduce((sum, { outcomes }) => sum + outcomes[kind], 0),
  }));
  const bytes = days.reduce((sum, { bytesFreed }) => sum + bytesFreed, 0);
  const all = sums.reduce((sum, { count }) => sum + count, 0);
  const told = sums
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => `${numberText(count)} ${OUTCOME_WORDS[kind].toLowerCase()}`);
  return html`<section aria-labelledby="outcomes">
<h2 id="outcomes">Outcomes of the last ${days.length} days</h2>
${
  all === 0
    ? html`<p class="empty">No session was cleaned up in these days.</p>`
    : html`<p class="sum"><strong>${bytesText(bytes)}</strong> freed on the cluster’s disks. ${numberText(all)} cleanups: ${told.join(', ')}.</p>
<figure>
<div class="plot"><div class="scale" aria-hidden="true"><span>${numberText(top)}</span><span>${numberText(top / 2)}</span><span>0</span></div>
<svg viewBox="0 0 ${days.length * COLUMN} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="Stacked bars, one a day; the table below holds the same numbers.">
${PATTERNS}<path class="grid" d="M0 .5H${days.length * COLUMN}M0 ${HEIGHT / 2}H${days.length * COLUMN}"/>
${days.map((day, n) => bar(day, n, top))}</svg></div>
<ol class="days" aria-hidden="true">${days.map(({ day }) => html`<li>${day.getUTCDate()}<span>${day.toLocaleDateString('en', { month: 'short', timeZone: 'UTC' })}</span></li>`)}</ol>
<figcaption><ul class="legend">${sums.map(({ kind, count }) => html`<li><svg viewBox="0 0 12 12" aria-hidden="true"><rect class="${kind}" width="12" height="12"/></svg>${OUTCOME_WORDS[kind]} <strong>${numberText(count)}</strong> <span>${OUTCOME_MEANINGS[kind]}</span></li>`)}</ul></figcaption>
</figure>
<details><summary>The same as a table</summary>${dayTable(days)}</details>`
}
${cut && html`<p class="note">Not all was read: there is more than this page reads. Sweeps count in full; of single cleanups and failures up to 1,000 a day are looked at.</p>`}
</section>`;
}

/** What tells the outcomes apart without colour: dots, stripes. */
const PATTERNS = html`<defs>
<pattern id="stripes" width="2" height="4" patternUnits="userSpaceOnUse"><rect class="ground-failed" width="2" height="4"/><path class="ink" d="M0 0H2V1.5H0Z"/></pattern>
<pattern id="dots" width="2" height="6" patternUnits="userSpaceOnUse"><rect class="ground-active" width="2" height="6"/><path class="ink" d="M.5 1h1v2H.5Z"/></pattern>
</defs>`;

function bar(day: DayTally, n: number, top: number): Html {
  let y = HEIGHT;
  const parts = SHOWN_OUTCOMES.filter((kind) => day.outcomes[kind] > 0).map((kind: ShownOutcome) => {
    const height = Math.min(y, Math.max(LEAST, (day.outcomes[kind] / top) * HEIGHT));
    y -= height;
    return html`<rect class="${kind}" x="${n * COLUMN + (COLUMN - BAR) / 2}" y="${y.toFixed(2)}" width="${BAR}" height="${height.toFixed(2)}"/>`;
  });
  return html`<g>${parts}</g>`;
}

/** The lowest even number with one digit before its zeros, or two, that is high enough. */
function niceTop(most: number): number {
  if (most <= 2) return 2;
  const step = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 4, 6, 8, 10].map((factor) => factor * step).find((top) => top >= most && top % 2 === 0) ?? most;
}

function dayTable(days: readonly DayTally[]): Html {
  return table(
    'Cleanups by day (UTC) and outcome',
    [
      {
        name: 'Day',
        isHeader: true,
        cell: ({ day }: DayTally) => html`<time datetime="${day.toISOString().slice(0, 10)}">${dayName(day)}</time>`,
      },
      ...SHOWN_OUTCOMES.map((kind) => ({
        name: OUTCOME_WORDS[kind],
        isNumber: true as const,
        cell: ({ outcomes }: DayTally) => numberText(outcomes[kind]),
      })),
      { name: 'Freed', isNumber: true, cell: ({ bytesFreed }) => bytesText(bytesFreed) },
    ],
    [...days].reverse(),
  );
}
