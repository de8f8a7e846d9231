import type { SweepOverview } from '../../cleanup/combineRuns.ts';
import type { RunRecord } from '../../cleanup/model/runRecord.ts';
import type { FailureGroup } from '../../health/overview/groupFailures.ts';
import type { Part } from '../../health/overview/overview.ts';
import { DAYS, type History } from '../../health/overview/readHistory.ts';
import { sweepsOf } from '../../wire/sweepsOf.ts';
import { chart } from './chart.ts';
import { type Html, html } from './html.ts';
import { table } from './table.ts';
import { bytesText, data, durationText, numberText, time } from './text.ts';
import { unread } from './unread.ts';
import { HARMLESS_STOPS, OUTCOME_WORDS, SHOWN_OUTCOMES, STOP_WORDS, TRIGGER_WORDS } from './words.ts';

const SWEEPS_SHOWN = 10;
const FAILURES_SHOWN = 10;

/** The outcomes of the last days, what fails, and the last sweeps. */
export function historyView(history: Part<History>, now: Date): Html {
  if ('error' in history) return unread('history', 'Sweeps and outcomes', 'Sweeps and outcomes', history.error);
  const { failures, days, runs, cut } = history.value;
  return html`${chart(days, cut.runs || cut.outcomes)}${failuresView(failures, now)}${runsView(runs, now)}`;
}

function failuresView(failures: FailureGroup[], now: Date): Html | undefined {
  if (failures.length === 0) return undefined;
  return html`<section aria-labelledby="failures">
<h2 id="failures">What fails and why</h2>
<p>Cleanups of the last ${DAYS} days that did not delete their session, by reason. Most sessions are cleaned up later: only those under “Given up” and “Waiting” still fail.</p>
<ul class="failures">${failures.slice(0, FAILURES_SHOWN).map((group) => failureView(group, now))}</ul>
${failures.length > FAILURES_SHOWN && html`<p class="note">${failures.length - FAILURES_SHOWN} rarer reasons are left out.</p>`}
</section>`;
}

function failureView(group: FailureGroup, now: Date): Html {
  const { what, advice, errorCode, httpStatus, cleanups, sessions, lastAt, lastMessage, lastSessionId } = group;
  const count = (many: number, one: string) => `${numberText(many)} ${one}${many === 1 ? '' : 's'}`;
  return html`<li>
<h3>${what}</h3>
<p class="facts"><code>${data(errorCode)}</code>${httpStatus !== undefined && html` <code>${httpStatus}</code>`} <span>${count(cleanups, 'cleanup')} of ${count(sessions, 'session')}, last ${time(lastAt, now)}</span></p>
<p>${advice}</p>
<details><summary>The last one<span class="for"> that failed with ${data(errorCode)}</span></summary><p>Session ${data(lastSessionId)}: ${data(lastMessage)}</p></details>
</li>`;
}

function runsView(runs: RunRecord[], now: Date): Html {
  return html`<section aria-labelledby="runs">
<h2 id="runs">Last sweeps</h2>
${runs.length === 0 ? html`<p class="empty">No sweep in the last ${DAYS} days.</p>` : sweepTable(sweepsOf(runs).slice(0, SWEEPS_SHOWN), now)}
</section>`;
}

function sweepTable(sweeps: SweepOverview[], now: Date): Html {
  return table(
    'The last sweeps, the newest first',
    [
      { name: 'Began', isHeader: true, cell: ({ startedAt }) => time(startedAt, now) },
      { name: 'Ended', cell: endOf },
      {
        name: 'By',
        cell: ({ trigger, dryRun }) =>
          html`${trigger in TRIGGER_WORDS ? TRIGGER_WORDS[trigger] : data(trigger)}${dryRun && html` <span class="tag">dry run</span>`}`,
      },
      { name: 'Rows read', isNumber: true, cell: ({ scanned }) => numberText(scanned) },
      { name: 'Outcomes', cell: outcomesOf },
      {
        name: 'Freed',
        isNumber: true,
        cell: ({ dryRun, bytesFreed, bytesToFree }) =>
          dryRun ? `(${bytesText(bytesToFree ?? 0)})` : bytesText(bytesFreed),
      },
      {
        name: 'Took',
        isNumber: true,
        cell: ({ startedAt, endedAt }) => durationText(endedAt.getTime() - startedAt.getTime()),
      },
    ],
    sweeps,
  );
}

function endOf({ stoppedBy, error, parts }: SweepOverview): Html {
  const { expected, ended } = parts;
  const ofMany =
    expected !== 1 &&
    html` <span class="tag">${numberText(ended)} of ${expected === undefined ? '?' : numberText(expected)} parts</span>`;
  if (stoppedBy === undefined) return html`<span class="end">Not all parts have ended</span>${ofMany}`;
  const isHarmless = HARMLESS_STOPS.includes(stoppedBy);
  const words = Object.hasOwn(STOP_WORDS, stoppedBy) ? STOP_WORDS[stoppedBy] : data(stoppedBy);
  return html`<span class="${isHarmless ? 'end' : 'end bad'}">${isHarmless ? '' : '✕ '}${words}</span>${ofMany}${error !== undefined && html`<br>${data(error)}`}`;
}

function outcomesOf({ outcomes, dryRun }: SweepOverview): string {
  const would = dryRun && outcomes.wouldDelete > 0 ? [`${numberText(outcomes.wouldDelete)} would be deleted`] : [];
  const counted = SHOWN_OUTCOMES.flatMap((kind) => {
    const count = outcomes[kind];
    return count > 0 ? [`${numberText(count)} ${OUTCOME_WORDS[kind].toLowerCase()}`] : [];
  });
  return [...would, ...counted].join(', ') || 'none';
}
