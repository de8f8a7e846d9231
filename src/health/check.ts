import type { CheckStatus } from './checkStatus.ts';

/** The check of one part that the app depends on. */
export interface Check {
  name: 'settings' | 'sessionTable' | 'outcomeTable' | 'runTable' | 'cluster' | 'credentials';
  status: CheckStatus;
  latencyMs?: number;
  /** When the cluster was asked; its answer may be up to a minute old. */
  askedAt?: string;
  /** How far the other clock is ahead of this machine's, in milliseconds, to the second. */
  clockSkewMs?: number;
  /** What was found. */
  detail?: string;
  /** How to fix it. */
  advice?: string;
}

/** The parts, as page and command line name them. */
export const CHECK_NAMES: Record<Check['name'], string> = {
  settings: 'settings',
  sessionTable: 'table of sessions',
  outcomeTable: 'table of outcomes',
  runTable: 'table of runs',
  cluster: 'cluster',
  credentials: 'credentials',
};
