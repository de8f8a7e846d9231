import type { CheckStatus } from './checkStatus.ts';

/** One part that the app depends on. */
export interface Check {
  name: 'settings' | 'sessionTable' | 'outcomeTable' | 'runTable' | 'cluster' | 'credentials';
  status: CheckStatus;
  latencyMs?: number;
  /** When the cluster was asked, if the answer may be up to a minute old. */
  askedAt?: string;
  /** How far the other clock is ahead of ours, in milliseconds, to the second. */
  clockSkewMs?: number;
  /** What was found. */
  detail?: string;
  /** What to do about it. */
  advice?: string;
}
