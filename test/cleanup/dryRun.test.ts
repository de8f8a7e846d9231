import { describe, expect, it } from '@jest/globals';
import type { Planned } from '../../src/cleanup/model/outcome.ts';
import { type SweepRules, sweep } from '../../src/cleanup/sweep.ts';
import {
  failure,
  type MemoryPorts,
  memoryPorts,
  minutesAgo,
  NOW,
  onCluster,
  RULES,
  row,
  sessionId,
} from '../doubles/memoryPorts.ts';

const RUN = { runId: 'run-1', trigger: 'http', startedAt: NOW } as const;
const [STALE, ACTIVE, GONE, FAILING] = [sessionId(1), sessionId(2), sessionId(3), sessionId(4)] as const;

/** One session of every kind. */
function everyKind(): MemoryPorts {
  const ports = memoryPorts({
    rows: [
      row(STALE),
      row(ACTIVE),
      row(GONE),
      row(FAILING, { attempts: 7 }),
      row('no-guid'),
      row(sessionId(5), { givenUp: true }),
    ],
    cluster: [onCluster(STALE), onCluster(ACTIVE, { modifiedAt: minutesAgo(1) })],
  });
  ports.failing.set(FAILING, [failure({ code: 'FABRIC_E_NOT_PRIMARY' })]);
  return ports;
}

async function plan(ports: MemoryPorts, rules: Partial<SweepRules> = {}) {
  const planned: Planned[] = [];
  const hearing = { ...ports, planned: (one: Planned) => void planned.push(one) };
  const summary = await sweep(hearing, { ...RULES, ...rules, dryRun: true }, RUN);
  return { summary, planned };
}

describe('a dry run', () => {
  it('reports what would happen to each session and its row, and why', async () => {
    const { planned, summary } = await plan(everyKind());

    expect(Object.fromEntries(planned.map((one) => [one.sessionId, [one.outcome, one.row]]))).toEqual({
      [STALE]: ['wouldDelete', 'removed'],
      [ACTIVE]: ['active', 'updated'],
      [GONE]: ['notFound', 'removed'],
      [FAILING]: ['failed', 'givenUp'],
      'no-guid': ['invalid', 'givenUp'],
    });
    expect(planned.find((one) => one.sessionId === STALE)).toMatchObject({
      why: `Its last chunk arrived at ${minutesAgo(20).toISOString()}, which is stale.`,
      bytes: 3,
      lastActivity: minutesAgo(20),
    });
    expect(planned.every(({ why }) => why.length > 10)).toBe(true);
    expect(summary).toMatchObject({ dryRun: true, bytesFreed: 0, bytesToFree: 3, stoppedBy: 'completed' });
    expect(summary.outcomes).toEqual({ deleted: 0, wouldDelete: 1, notFound: 1, active: 1, failed: 1, invalid: 1 });
  });

  it('changes nothing but the table of runs, and deletes nothing', async () => {
    const ports = everyKind();
    const before = new Map(ports.rows);

    const { summary } = await plan(ports);

    expect(ports.writes).toEqual([]);
    expect(ports.recorded).toEqual([]);
    expect(ports.rows).toEqual(before);
    expect(ports.calls.filter((call) => !call.startsWith('GET ') && call !== 'PROBE')).toEqual([]);
    expect(ports.runs).toEqual([summary]);
  });

  it('never calls a session deleted, not even one that an earlier DELETE may have deleted', async () => {
    const ports = everyKind();
    ports.rows.set(GONE, row(GONE, { deleteSentAt: minutesAgo(10) }));

    const { planned, summary } = await plan(ports);

    expect(planned.find((one) => one.sessionId === GONE)).toMatchObject({ outcome: 'notFound', row: 'removed' });
    expect(summary.outcomes).toMatchObject({ deleted: 0, notFound: 1 });
  });

  it('reports what a sweep does afterwards', async () => {
    const { planned } = await plan(everyKind());
    const ports = everyKind();
    await sweep(ports, RULES, RUN);

    const foreseen = planned.map((one) => [one.sessionId, one.outcome === 'wouldDelete' ? 'deleted' : one.outcome]);
    const happened = ports.recorded.map((one) => [one.sessionId, one.outcome]);
    expect(new Map(foreseen as [string, string][])).toEqual(new Map(happened as [string, string][]));
  });

  it('keeps to the limit and stops for the same reasons as a sweep', async () => {
    const linux = everyKind();
    const refused = failure({ kind: 'accessDenied', httpStatus: 403, retryable: false });
    for (const id of [STALE, ACTIVE, GONE]) linux.failing.set(id, [refused]);

    expect((await plan(everyKind(), { limit: 2 })).planned).toHaveLength(2);
    linux.probes = [{ verdict: 'accessDenied', error: refused }];
    expect((await plan(linux)).summary.stoppedBy).toBe('accessDenied');
  });
});
