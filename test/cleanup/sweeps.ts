import type { GoodProbe, Probe } from '../../src/cleanup/model/probe.ts';
import type { RunRecord } from '../../src/cleanup/model/runRecord.ts';
import type { TrackedSession } from '../../src/cleanup/model/trackedSession.ts';
import type { Trigger } from '../../src/cleanup/model/trigger.ts';
import { type SweepRules, sweep } from '../../src/cleanup/sweep.ts';
import {
  failure,
  type MemoryPorts,
  memoryPorts,
  NOW,
  onCluster,
  RULES,
  row,
  sessionId,
} from '../doubles/memoryPorts.ts';

/** What the tests of sweeps share. */

export const RUN = { runId: 'run-1', trigger: 'timer' as Trigger, startedAt: NOW };
export const [FIRST, SECOND, THIRD] = [sessionId(1), sessionId(2), sessionId(3)] as const;

export const run = (ports: MemoryPorts, rules: Partial<SweepRules> = {}, aborted?: AbortSignal): Promise<RunRecord> =>
  sweep(ports, { ...RULES, ...rules }, RUN, aborted);

/** A number of stale sessions, in the table and on the cluster. */
export function abandoned(count: number, columns: Partial<TrackedSession> = {}): MemoryPorts {
  const ids = Array.from({ length: count }, (_, n) => sessionId(n + 1));
  return memoryPorts({ rows: ids.map((id) => row(id, columns)), cluster: ids.map((id) => onCluster(id)) });
}

/** A probe that finds the cluster in trouble. */
export const down = (verdict: 'accessDenied' | 'unsupportedCluster' | 'clusterUnavailable'): Probe => ({
  verdict,
  error: failure({ kind: 'unreachable' }),
});

export const good: GoodProbe = { verdict: 'good', clusterDate: NOW, requestId: 'p', host: 'cluster' };
