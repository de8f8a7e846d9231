import type { RunRecord } from '../../cleanup/model/runRecord.ts';
import type { Schedule } from '../../settings/schedule.ts';
import type { Health } from '../healthChecks.ts';
import type { SessionOverview } from './readSessions.ts';

/** A part of the overview, or why it could not be read. */
export type Part<T> = { value: T } | { error: Error };

/** What a verdict is made of. */
export interface Overview {
  readAt: Date;
  clusterName: string;
  /** Whether the sweeps of the schedule only look. */
  dryRun: boolean;
  staleAfterMs: number;
  /** When the app sweeps by itself. */
  timer: Schedule;
  /** Since when this process runs. */
  upSince: Date;
  /** Of the settings among others: what deserves a word there. */
  health: Health;
  sessions: Part<SessionOverview>;
  /** The newest runs, newest first. */
  history: Part<{ runs: RunRecord[] }>;
}
