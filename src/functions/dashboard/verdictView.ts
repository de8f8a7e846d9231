import type { Level, Reason, Verdict } from '../../health/overview/verdict.ts';
import { type Html, html } from './html.ts';
import { visible } from './text.ts';

const HEADLINES: Record<Level, string> = { well: 'All is well', look: 'Needs a look', failing: 'Failing' };

/** Each has a shape of its own, so that colour is not needed to tell them apart. */
const SHAPES: Record<Level, Html> = {
  well: html`<circle cx="12" cy="12" r="11"/><path d="m7 12.5 3.5 3.5L17 9"/>`,
  look: html`<path class="body" d="M12 1.5 23.5 22.5H.5Z"/><path d="M12 9v6M12 18v1"/>`,
  failing: html`<path class="body" d="M7.5 1h9L23 7.5v9L16.5 23h-9L1 16.5v-9Z"/><path d="m8 8 8 8m0-8-8 8"/>`,
};

/** The one look that tells whether all is well. */
export function verdictView({ level, reasons }: Verdict): Html {
  return html`<section class="verdict ${level}" aria-labelledby="verdict">
<h2 id="verdict"><svg viewBox="0 0 24 24" aria-hidden="true">${SHAPES[level]}</svg>${HEADLINES[level]}</h2>
${reasons.length === 0 ? html`<p>The parts answer, the last sweep ended as it must, and no session waits for a person.</p>` : html`<ul>${reasons.map(reasonView)}</ul>`}
</section>`;
}

export function reasonView({ level, what, advice }: Reason): Html {
  return html`<li class="${level}"><strong>${visible(what)}</strong>${advice !== undefined && html` <span>${advice}</span>`}</li>`;
}
