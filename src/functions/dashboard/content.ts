import type { Overview } from '../../health/overview/overview.ts';
import { type Verdict, verdictOf } from '../../health/overview/verdict.ts';
import { healthView } from './healthView.ts';
import { historyView } from './historyView.ts';
import { type Html, html } from './html.ts';
import { countText, givenUpView, statesView } from './sessionsView.ts';
import { data, instantText, spanText } from './text.ts';
import { verdictView } from './verdictView.ts';

/** All that the page shows of an overview. */
export function content(overview: Overview): Html {
  const { readAt, clusterName, dryRun, sessions, history, staleAfterMs, health } = overview;
  const stale = 'value' in sessions ? countText(sessions.value.counts.stale) : '';
  return frame(
    readAt,
    verdictOf(overview),
    html`<div class="bar">
<p>Cluster <strong>${data(clusterName)}</strong>. A session is stale after ${spanText(staleAfterMs)} without activity.${dryRun && html` <span class="tag">SWEEP_DRY_RUN: the schedule only looks</span>`}</p>
<div class="actions act">
<button type="button" data-action="dryRun" data-stale="${stale}">Dry run</button>
<button type="button" data-action="sweep" data-stale="${stale}" data-dry="${dryRun && 'true'}" class="primary">Sweep now</button>
</div></div>`,
    html`${statesView(sessions, staleAfterMs, readAt)}
${givenUpView(sessions, readAt)}
${historyView(history, readAt)}
${DELETE_ONE}
${healthView(health)}`,
  );
}

/** What is left of the page where the settings are wrong. */
export function brokenSettings(faults: readonly string[], now: Date): Html {
  const verdict: Verdict = {
    level: 'failing',
    reasons: [
      {
        level: 'failing',
        what: `${faults.length === 1 ? 'An app setting is' : `${faults.length} app settings are`} wrong, so nothing works.`,
        advice:
          'Set them right in the function app’s configuration, or in local.settings.json on this machine; the app then starts again by itself.',
      },
    ],
  };
  const list = html`<section aria-labelledby="faults"><h2 id="faults">Faults of the settings</h2><ol class="faults">${faults.map((fault) => html`<li>${data(fault)}</li>`)}</ol></section>`;
  return frame(now, verdict, undefined, list);
}

function frame(readAt: Date, verdict: Verdict, bar: Html | undefined, rest: Html): Html {
  return html`<main id="content" data-level="${verdict.level}">
${verdictView(verdict)}
${bar}
${rest}
<footer><p>Read at <time datetime="${readAt.toISOString()}">${instantText(readAt)}</time>. All times are UTC.</p></footer>
</main>`;
}

const DELETE_ONE = html`<section class="act" aria-labelledby="one">
<h2 id="one">Delete one upload session</h2>
<p>Any session of the cluster, registered or not.</p>
<form id="one-form" class="inline">
<label for="one-id">Session id</label>
<input id="one-id" name="session" required autocomplete="off" spellcheck="false" size="36" maxlength="36" pattern="[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}" title="A GUID of 36 characters with hyphens" placeholder="6f9619ff-8b86-d011-b42d-00c04fc964ff">
<button>Delete …</button>
</form>
</section>`;
