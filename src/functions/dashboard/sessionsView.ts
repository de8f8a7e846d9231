import { parseSessionId } from '../../cleanup/model/sessionId.ts';
import type { Part } from '../../health/overview/overview.ts';
import {
  type Count,
  type ListedSession,
  MOST_LISTED,
  type SessionOverview,
} from '../../health/overview/readSessions.ts';
import { type Html, html } from './html.ts';
import { type Column, table } from './table.ts';
import { data, numberText, spanText, time, visible } from './text.ts';
import { unread } from './unread.ts';

export const countText = ({ count, more }: Count): string => `${numberText(count)}${more ? '+' : ''}`;

/** How many sessions there are in each state. */
export function statesView(sessions: Part<SessionOverview>, staleAfterMs: number, now: Date): Html {
  if ('error' in sessions) return unread('sessions', 'Upload sessions', 'The registered sessions', sessions.error);
  const { counts, oldestStale } = sessions.value;
  const tile = (
    id: string,
    name: string,
    count: Count,
    meaning: string,
    more?: Html,
  ) => html`<div class="tile ${id}${count.count > 0 && ' some'}">
<dt>${name}</dt><dd class="count">${countText(count)}</dd><dd>${meaning}${more}</dd>
</div>`;
  const silent = spanText(staleAfterMs);
  const cut = Object.values(counts).some(({ more }) => more);
  return html`<section aria-labelledby="sessions">
<h2 id="sessions">Upload sessions</h2>
<dl class="tiles">
${tile('stale', 'Stale', counts.stale, `no activity for ${silent}: the next sweep takes them`, oldestStale && html`. The oldest: ${time(oldestStale, now)}`)}
${tile('waiting', 'Waiting', counts.waiting, 'failed before, and will be tried again')}
${tile('given-up', 'Given up', counts.givenUp, 'wait for a person')}
${tile('fresh', 'Fresh', counts.active, `active within ${silent}: left alone`)}
</dl>
${cut && html`<p class="note">A number with a + was not counted to its end: there are at least so many.</p>`}
${counts.stale.count + counts.waiting.count + counts.givenUp.count + counts.active.count === 0 && html`<p class="empty">No upload session is registered. Whoever uploads registers a session with PUT upload-sessions/{sessionId}, or with a row in the table of sessions.</p>`}
${folded(sessions.value, 'waiting', 'Waiting', now)}
${folded(sessions.value, 'stale', 'Stale', now)}
</section>`;
}

/** The sessions that a person can do something about. */
export function givenUpView(sessions: Part<SessionOverview>, now: Date): Html | undefined {
  if ('error' in sessions) return undefined;
  const { counts } = sessions.value;
  if (counts.givenUp.count === 0) return undefined;
  return html`<section aria-labelledby="given-up">
<h2 id="given-up">Given up</h2>
<p>Their cleanups failed too often, or can’t succeed. Mend the cause, then take them up again.</p>
${list(sessions.value, 'givenUp', now)}
</section>`;
}

type ListName = keyof SessionOverview['listed'];

const CAPTIONS: Record<ListName, string> = {
  givenUp: 'Sessions that were given up',
  waiting: 'Sessions that will be tried again',
  stale: 'Sessions that the next sweep takes',
};

function folded(overview: SessionOverview, name: ListName, words: string, now: Date): Html | undefined {
  if (overview.listed[name].length === 0) return undefined;
  return html`<details class="list"><summary>${words}: ${countText(overview.counts[name])}</summary>${list(overview, name, now)}</details>`;
}

function list({ listed, counts }: SessionOverview, name: ListName, now: Date): Html {
  const { count, more } = counts[name];
  const left = count > listed[name].length || more;
  const columns: Column<ListedSession>[] = [
    { name: 'Session', isHeader: true, cell: ({ session }) => data(session.rowKey) },
    {
      name: 'Path, owner',
      cell: ({ session }) =>
        html`${data(session.storeRelativePath)}<br><span class="note">${data(session.owner)}</span>`,
    },
    { name: 'Last activity', cell: ({ lastActivity }) => time(lastActivity, now) },
  ];
  if (name !== 'stale') {
    columns.push(
      { name: 'Attempts', isNumber: true, cell: ({ session }) => session.attempts },
      { name: 'Last error', cell: ({ session }) => data(session.lastError) },
    );
  }
  if (name === 'waiting') {
    columns.push({ name: 'Next', cell: ({ session }) => session.nextAttemptAt && time(session.nextAttemptAt, now) });
  }
  columns.push({ name: 'Actions', cell: (one) => actions(one, name) });
  return html`${table(CAPTIONS[name], columns, listed[name])}
${left && html`<p class="note">Only the first ${MOST_LISTED} are shown.</p>`}`;
}

function actions({ session }: ListedSession, name: ListName): Html {
  const parsed = parseSessionId(session.rowKey);
  if ('fault' in parsed) {
    return html`<span class="note">It ${parsed.fault.split(',')[0]}: remove the row from the table.</span>`;
  }
  const { id } = parsed;
  const about = session.storeRelativePath === undefined ? '' : visible(session.storeRelativePath);
  const button = (action: string, words: string) =>
    html`<button type="button" class="act" data-action="${action}" data-session="${id}" data-about="${about}">${words}<span class="for"> upload session ${id}</span></button>`;
  return html`<div class="actions">${name !== 'stale' && button('retry', 'Take up again')}${button('delete', 'Delete')}</div>`;
}
