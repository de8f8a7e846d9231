import type { Severity } from './stopReason.ts';

/** How the cleanup of one upload session ended. */
export type OutcomeKind = 'deleted' | 'wouldDelete' | 'notFound' | 'active' | 'failed' | 'invalid';

/** What page, CLI, API and alerts show for an outcome, and what depends on it. */
export interface OutcomeKindFacts {
  /** The name in tables, legends and headings. */
  label: string;
  /** What it means, without a subject, as in `3 × deleted on the cluster`. */
  meaning: string;
  severity: Severity;
  /** Whether it is written to the table of outcomes. */
  recorded: boolean;
}

export const OUTCOME_KINDS: Record<OutcomeKind, OutcomeKindFacts> = {
  deleted: { label: 'Deleted', meaning: 'deleted on the cluster', severity: 'ok', recorded: true },
  wouldDelete: {
    label: 'Would delete',
    meaning: 'stale: a sweep would delete them',
    severity: 'notice',
    recorded: false,
  },
  notFound: {
    label: 'Not found',
    meaning: 'expired or deleted before, or never known to this cluster',
    severity: 'ok',
    recorded: true,
  },
  active: {
    label: 'Active',
    meaning: 'receiving chunks, or perhaps being committed: left alone',
    severity: 'ok',
    recorded: true,
  },
  failed: { label: 'Failed', meaning: 'not deleted', severity: 'error', recorded: true },
  invalid: {
    label: 'Invalid',
    meaning: 'the row key is not a session id: given up',
    severity: 'error',
    recorded: true,
  },
};

/** Whether a cleanup with this outcome needs attention. */
export const needsAttention = (kind: OutcomeKind): boolean => OUTCOME_KINDS[kind].severity === 'error';

/** How many sessions ended in each outcome. */
export type OutcomeCounts = Record<OutcomeKind, number>;

/** All counts 0. */
export const noOutcomes = (): OutcomeCounts => ({
  deleted: 0,
  wouldDelete: 0,
  notFound: 0,
  active: 0,
  failed: 0,
  invalid: 0,
});

/** Reads an outcome from a row. An unknown one, perhaps of a newer version of the app, counts as `failed`. */
export function parseOutcomeKind(text: string | undefined): OutcomeKind {
  return text !== undefined && Object.hasOwn(OUTCOME_KINDS, text) ? (text as OutcomeKind) : 'failed';
}
