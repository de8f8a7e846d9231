import { TooSlowError } from '../../health/overview/readWithin.ts';
import { type Html, html } from './html.ts';

/** Stands in for a section whose part of the storage could not be read. What the storage said stays in the log. */
export function unread(id: string, title: string, what: string, error: Error): Html {
  return html`<section aria-labelledby="${id}">
<h2 id="${id}">${title}</h2>
<p class="unread">${what} could not be read${error instanceof TooSlowError ? ': the storage did not answer in time' : ''}. “What the app depends on” says which part fails.</p>
</section>`;
}
