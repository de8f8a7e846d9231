import type { App } from '../../composition/putTogether.ts';
import { checkHealth, type Health } from '../healthChecks.ts';
import { type History, readHistory } from './readHistory.ts';
import { readSessions, type SessionOverview } from './readSessions.ts';

/** A part of the overview; none of it: it could not be read. */
export type Part<T> = { value: T } | { error: Error };

/** How the app is, as far as it can be found out while a person waits. */
export interface Overview {
  readAt: Date;
  clusterName: string;
  /** Whether the sweeps of the schedule only look. */
  dryRun: boolean;
  staleAfterMs: number;
  /** Of the settings among others: what deserves a word there. */
  health: Health;
  sessions: Part<SessionOverview>;
  history: Part<History>;
}

/** Reading the tables is ended after this, in milliseconds. */
const PATIENCE_MS = 8_000;

/** Reads everything at once, within a bound of time and of rows. Never throws for a part that fails. */
export async function readOverview(app: App): Promise<Overview> {
  const now = new Date();
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const [health, sessions, history] = await Promise.all([
    checkHealth(() => app, 'recent'),
    part(readSessions(app, now, signal)),
    part(readHistory(app, now, signal)),
  ]);
  const { settings, sweepRules } = app;
  return {
    readAt: now,
    clusterName: settings.cluster.name,
    dryRun: sweepRules.dryRun,
    staleAfterMs: sweepRules.staleAfterMs,
    health,
    sessions,
    history,
  };
}

async function part<T>(reading: Promise<T>): Promise<Part<T>> {
  try {
    return { value: await reading };
  } catch (error) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }
}
