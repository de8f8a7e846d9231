import { setTimeout as wait } from 'node:timers/promises';
import type { TableClient } from '@azure/data-tables';
import type { ExampleSession } from './exampleSessions.ts';

/** What the first sweep left in the tables. */
export interface FirstSweep {
  stoppedBy: string;
  durationMs: number;
  scanned: number;
  bytesFreed: number;
  error: string | undefined;
  /** The recorded outcome by session id. */
  outcomes: Map<string, string>;
}

const PATIENCE_MS = 60_000;

/**
 * Runs the timer's function now, as an operator would, and waits until its run is in the table.
 *
 * @throws when the host refuses, or no run shows up within a minute
 */
export async function firstSweep(host: string, outcomes: TableClient, runs: TableClient): Promise<FirstSweep> {
  const answer = await fetch(`${host}/admin/functions/sweepStaleSessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  if (answer.status !== 202) throw new Error(`The functions host refused to run the sweep: ${answer.status}.`);
  const run = await newestRun(runs);
  const recorded = new Map<string, string>();
  for await (const row of outcomes.listEntities<{ sessionId: string; outcome: string }>()) {
    recorded.set(row.sessionId, row.outcome);
  }
  return {
    stoppedBy: String(run['stoppedBy']),
    durationMs: Number(run['durationMs']),
    scanned: Number(run['scanned']),
    bytesFreed: Number(run['bytesFreed']),
    error: run['error'] === undefined ? undefined : String(run['error']),
    outcomes: recorded,
  };
}

async function newestRun(runs: TableClient): Promise<Record<string, unknown>> {
  await runs.createTable();
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await wait(50)) {
    for await (const run of runs.listEntities<Record<string, unknown>>()) return run;
  }
  throw new Error(`The first sweep left no run within ${PATIENCE_MS / 1000} s.`);
}

/** Whether every example session ended as it must. */
export function endedWell(sweep: FirstSweep, examples: ExampleSession[]): boolean {
  const asExpected = examples.every(({ sessionId, expected }) => sweep.outcomes.get(sessionId) === expected);
  return sweep.stoppedBy === 'completed' && asExpected;
}
