import type { SweepOverview } from '../../cleanup/combineRuns.ts';
import type { Settings } from '../../settings/settings.ts';
import type { DashboardHistory, DashboardStatus } from '../../wire/pageSchemas.ts';
import type { SweepLine } from '../../wire/schemas.ts';
import { sweepsOf } from '../../wire/sweepsOf.ts';
import { foldIdle } from './foldIdle.ts';
import type { History } from './readHistory.ts';
import type { Status } from './readStatus.ts';

// Converts the status and the history to the answers that the page polls.

const iso = (instant: Date | undefined) => instant?.toISOString();

/** The maximum number of sweeps in an answer, with idle ones combined. */
const MAX_SWEEPS = 1000;

export function toDashboardStatus(status: Status, { cluster }: Settings, version: string): DashboardStatus {
  const { sessions, schedule, lastSweep, verdict, store } = status;
  return {
    readAt: status.readAt.toISOString(),
    version,
    clusterName: status.clusterName,
    endpoints: cluster.access.endpoints.map(({ host }) => host),
    dryRun: status.dryRun,
    staleAfterMs: status.staleAfterMs,
    verdict,
    parts: status.parts.map((part) => ({ ...part, checkedAt: iso(part.checkedAt) })),
    schedule: { ...schedule, nextAt: iso(schedule.nextAt) },
    lastSweep: lastSweep && toSweepLine(lastSweep),
    store: store && { ...store, askedAt: store.askedAt.toISOString() },
    sessions:
      'value' in sessions
        ? {
            ...sessions.value.counts,
            countedAt: sessions.value.countedAt.toISOString(),
            oldestStaleAt: iso(sessions.value.oldestStale),
          }
        : undefined,
  };
}

export function toDashboardHistory(history: History, now: Date): DashboardHistory {
  const sweeps = foldIdle(sweepsOf(history.runs));
  return {
    readAt: now.toISOString(),
    days: history.days.map((day) => ({ ...day, day: day.day.toISOString() })),
    sweeps: sweeps.slice(0, MAX_SWEEPS).map((entry) => {
      if ('sweep' in entry) return { sweep: toSweepLine(entry.sweep) };
      const { count, firstAt, lastAt } = entry.idle;
      return { idle: { count, firstAt: firstAt.toISOString(), lastAt: lastAt.toISOString() } };
    }),
    failures: history.failures.map((cause) => ({ ...cause, lastAt: iso(cause.lastAt) })),
    cut: { ...history.cut, runs: history.cut.runs || sweeps.length > MAX_SWEEPS },
  };
}

function toSweepLine({ startedAt, endedAt, ...facts }: SweepOverview): SweepLine {
  return { ...facts, startedAt: startedAt.toISOString(), endedAt: endedAt.toISOString() };
}
