import { setTimeout as wait } from 'node:timers/promises';
import type { TableClient } from '@azure/data-tables';
import type { ExampleSession } from './exampleSessions.ts';

/** The records of the first sweep in the tables. */
export interface FirstSweep {
  stoppedBy: string;
  /** The number of parts; `undefined` if it was not fanned out. */
  parts: number | undefined;
  durationMs: number;
  bytesFreed: number;
  error: string | undefined;
  /** The recorded outcome by session id. */
  outcomes: Map<string, string>;
}

type RunRow = Record<string, unknown>;

const TIMEOUT_MS = 60_000;

/**
 * Runs the timer's function now, and waits until all runs of the sweep are in the table.
 *
 * @throws if the host rejects the request, or the sweep has not ended within a minute
 */
export async function firstSweep(host: string, outcomes: TableClient, runs: TableClient): Promise<FirstSweep> {
  const answer = await fetch(`${host}/admin/functions/sweepStaleSessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  if (answer.status !== 202) throw new Error(`The functions host rejected the sweep: ${answer.status}.`);
  const startedAt = Date.now();
  const { whole, parts } = await endedRuns(runs);
  const all = parts.length > 0 ? parts : [whole];
  const recorded = new Map<string, string>();
  for await (const row of outcomes.listEntities<{ sessionId: string; outcome: string }>()) {
    recorded.set(row.sessionId, row.outcome);
  }
  const unexpected = all.find((run) => run['stoppedBy'] !== 'completed') ?? all[0];
  return {
    stoppedBy: String(unexpected?.['stoppedBy']),
    parts: parts.length > 0 ? parts.length : undefined,
    durationMs: parts.length > 0 ? Date.now() - startedAt : Number(whole['durationMs']),
    bytesFreed: all.reduce((sum, run) => sum + Number(run['bytesFreed'] ?? 0), 0),
    error: unexpected?.['error'] === undefined ? undefined : String(unexpected['error']),
    outcomes: recorded,
  };
}

/** Waits for the run of the sweep and, if it was fanned out, for those of all its parts. */
async function endedRuns(runs: TableClient): Promise<{ whole: RunRow; parts: RunRow[] }> {
  await runs.createTable();
  for (const end = Date.now() + TIMEOUT_MS; Date.now() < end; await wait(50)) {
    const rows: RunRow[] = [];
    for await (const row of runs.listEntities<RunRow>()) rows.push(row);
    const parts = rows.filter((row) => row['sweepId'] !== undefined && row['sweepId'] !== row['runId']);
    const whole = rows.find((row) => !parts.includes(row));
    if (whole && (whole['stoppedBy'] !== 'fannedOut' || parts.length >= Number(whole['parts'])))
      return { whole, parts };
  }
  throw new Error(`The first sweep has not ended within ${TIMEOUT_MS / 1000} s.`);
}

/** Whether every example session ended as expected. */
export function endedAsExpected(sweep: FirstSweep, examples: ExampleSession[]): boolean {
  const asExpected = examples.every(({ sessionId, expected }) => sweep.outcomes.get(sessionId) === expected);
  return sweep.stoppedBy === 'completed' && asExpected;
}
