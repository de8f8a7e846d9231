import type { PlannedItem } from '../../../wire/schemas.ts';

/** What can be done on the page. */
export type Action = 'dryRun' | 'sweep' | 'delete' | 'retry';

/** What the routes of the actions answer, taken together. */
export interface ActionAnswer {
  sessionId?: string;
  /** Of a session that was to be deleted. */
  outcome?: string;
  bytes?: number;
  /** Of one that was taken up again. */
  state?: string;
  /** Of a sweep. */
  outcomes?: Record<string, number>;
  stoppedBy?: string;
  bytesFreed?: number;
  bytesToFree?: number;
  planned?: PlannedItem[];
  plannedLeftOut?: number;
}

/**
 * What will happen, for the one who is asked to confirm it. Runs in the browser as its own source.
 *
 * @param stale - how many sessions are stale by the table; empty: not known
 * @param onlyLooks - whether the schedule's sweeps do nothing else
 */
export function actionWords(
  action: Action,
  stale: string,
  onlyLooks: boolean,
): [title: string, what: string, yes: string] {
  const sessions = stale === '' ? 'the stale upload sessions' : `the stale upload sessions (${stale} by the table)`;
  const words: Record<Action, [title: string, what: string, yes: string]> = {
    dryRun: [
      'Dry run',
      `Asks the cluster about ${sessions}, as a sweep would, and shows what would happen to each and why. Nothing is changed ` +
        'on the cluster or in the sessions’ rows.',
      'Start the dry run',
    ],
    sweep: [
      'Sweep now?',
      `Deletes ${sessions} on the cluster, with the chunks that they hold: that can’t be undone. The cluster is asked first, ` +
        'and an upload that still receives chunks is left alone. It can take up to three minutes.' +
        (onlyLooks ? ' SWEEP_DRY_RUN is about the schedule: this sweep deletes.' : ''),
      'Sweep now',
    ],
    delete: [
      'Delete this upload session?',
      'Deletes it on the cluster, with the chunks that it holds: that can’t be undone. An upload that goes on would fail.',
      'Delete',
    ],
    retry: [
      'Take it up again?',
      'The next sweep takes this session again, with all its attempts before it, if it is still stale then. Nothing is ' +
        'deleted now.',
      'Take up again',
    ],
  };
  return words[action];
}

/** What came of it, in a sentence. Runs in the browser as its own source. */
export function resultText(action: Action, answer: ActionAnswer, bytesText: (bytes: number) => string): string {
  const {
    sessionId,
    outcome,
    bytes,
    state,
    outcomes = {},
    stoppedBy,
    bytesFreed = 0,
    bytesToFree = 0,
  } = answer as ActionAnswer & { outcome?: string };
  if (action === 'delete') {
    if (outcome !== 'deleted') return `${sessionId} was not there any more: committed, expired or deleted before.`;
    return `${sessionId} is deleted.${bytes === undefined ? '' : ` ${bytesText(bytes)} freed.`}`;
  }
  if (action === 'retry') {
    return state === 'stale'
      ? `${sessionId} is taken up again: the next sweep takes it.`
      : `${sessionId} is not given up any more. It is ${state}, so sweeps leave it alone for now.`;
  }
  const names: Record<string, string> = { wouldDelete: 'would be deleted', notFound: 'not found' };
  const counts = Object.entries(outcomes).flatMap(([name, count]) =>
    count > 0 ? [`${count} ${names[name] ?? name}`] : [],
  );
  const held = action === 'sweep' ? `${bytesText(bytesFreed)} freed` : `${bytesText(bytesToFree)} would be freed`;
  const came = counts.length === 0 ? 'no session was stale' : `${counts.join(', ')}; ${held}`;
  const ended = action === 'sweep' ? 'The sweep has ended' : 'The dry run has ended, and nothing was changed';
  const early = stoppedBy === 'completed' ? '' : ` It was stopped before it had seen every session (${stoppedBy}).`;
  return `${ended}: ${came}.${early}`;
}
