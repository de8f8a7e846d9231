import type { RunRecord } from '../../cleanup/model/runRecord.ts';
import type { Schedule } from '../../settings/schedule.ts';
import type { Health } from '../healthChecks.ts';
import type { SessionOverview } from './readSessions.ts';

/** A part of the overview, or why it could not be read. */
export type Part<T> = { value: T } | { error: Error };

/** The input of a verdict. */
export interface Overview {
  readAt: Date;
  clusterName: string;
  /** Whether scheduled sweeps are dry runs. */
  dryRun: boolean;
  staleAfterMs: number;
  /** When the timer starts sweeps. */
  timer: Schedule;
  /** When this process started. */
  upSince: Date;
  health: Health;
  sessions: Part<SessionOverview>;
  /** The newest runs, newest first. */
  history: Part<{ runs: RunRecord[] }>;
}
