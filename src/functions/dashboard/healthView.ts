import type { Check } from '../../health/check.ts';
import type { Health } from '../../health/healthChecks.ts';
import { type Html, html } from './html.ts';
import { table } from './table.ts';
import { data, durationText } from './text.ts';

const NAMES: Record<Check['name'], string> = {
  settings: 'Settings',
  sessionTable: 'Table of sessions',
  outcomeTable: 'Table of outcomes',
  runTable: 'Table of sweeps',
  cluster: 'Cluster',
  credentials: 'Credentials',
};

const OK_WORDS: Record<Check['name'], string> = {
  settings: 'Valid',
  sessionTable: 'Answers',
  outcomeTable: 'Answers',
  runTable: 'Answers',
  cluster: 'Answers',
  credentials: 'May delete',
};

/** Each part that the app depends on. */
export function healthView({ checks }: Health): Html {
  return html`<section aria-labelledby="health">
<h2 id="health">What the app depends on</h2>
${table(
  'Each part, asked just now',
  [
    { name: 'Part', isHeader: true, cell: ({ name }: Check) => NAMES[name] },
    {
      name: 'State',
      cell: ({ name, status }) =>
        html`<span class="${status === 'ok' ? 'end' : 'end bad'}">${status === 'ok' ? OK_WORDS[name] : '✕ Fails'}</span>`,
    },
    {
      name: 'Took',
      isNumber: true,
      cell: ({ latencyMs }) => (latencyMs === undefined ? html`<span class="none">–</span>` : durationText(latencyMs)),
    },
    { name: 'What was found', cell: ({ detail }) => data(detail) },
  ],
  checks,
)}
</section>`;
}
