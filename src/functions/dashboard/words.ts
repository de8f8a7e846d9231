import type { OutcomeKind } from '../../cleanup/model/outcomeKind.ts';
import type { StopReason } from '../../cleanup/model/stopReason.ts';

/** What the page calls things. */

/** The outcomes in the order of the chart, from its ground up. */
export const OUTCOME_WORDS = {
  deleted: 'Deleted',
  notFound: 'Not found',
  active: 'Active',
  failed: 'Failed',
  invalid: 'Invalid',
} as const satisfies Partial<Record<OutcomeKind, string>>;

export type ShownOutcome = keyof typeof OUTCOME_WORDS;
export const SHOWN_OUTCOMES = Object.keys(OUTCOME_WORDS) as ShownOutcome[];

export const OUTCOME_MEANINGS: Record<ShownOutcome, string> = {
  deleted: 'deleted on the cluster',
  notFound: 'committed, expired or deleted before',
  active: 'still in use: left alone',
  failed: 'not deleted',
  invalid: 'the row key is no session id',
};

/** How a sweep ended. */
export const STOP_WORDS: Record<StopReason, string> = {
  completed: 'Completed',
  timeBudget: 'Ran out of time',
  limit: 'Reached its limit',
  fannedOut: 'Handed to the queue',
  aborted: 'Stopped with the app',
  clusterUnavailable: 'Cluster unavailable',
  accessDenied: 'Access denied',
  unsupportedCluster: 'Cluster without upload sessions',
  clockSkew: 'Clocks apart',
  error: 'Error',
};

/** Ends after which the rest is simply left to the next sweep. */
export const HARMLESS_STOPS: readonly StopReason[] = ['completed', 'fannedOut', 'limit', 'aborted', 'timeBudget'];

export const TRIGGER_WORDS: Record<string, string> = {
  timer: 'schedule',
  queue: 'schedule (queue)',
  http: 'request',
  cli: 'command line',
};
