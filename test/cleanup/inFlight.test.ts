import { describe, expect, it } from '@jest/globals';
import { RowRefusedError } from '../../src/cleanup/model/rowRefusedError.ts';
import { failure } from '../doubles/memoryPorts.ts';
import { abandoned, FIRST, run, SECOND } from './sweeps.ts';

describe('whatever ends a sweep, what is in flight is recorded', () => {
  it('when the storage fails while pages are read', async () => {
    const ports = abandoned(8);
    const { pagesOfSessions, getSession } = ports;
    ports.pagesOfSessions = async function* (range, cutoff, signal) {
      yield* pagesOfSessions(range, cutoff, signal);
      throw new Error('the storage is gone');
    };
    ports.getSession = async (id, call) => {
      for (let n = 0; n < 10; n += 1) await new Promise((go) => setImmediate(go));
      return getSession(id, call);
    };

    await expect(run(ports, { concurrency: 8 })).rejects.toThrow('the storage is gone');

    expect(ports.recorded.filter(({ outcome }) => outcome === 'deleted')).toHaveLength(8);
    expect(ports.rows.size).toBe(0);
  });

  it('when one row cannot be written: the others are settled, and the run names it', async () => {
    const ports = abandoned(71);
    const { removeSession } = ports;
    ports.removeSession = async (session) => {
      if (session.rowKey !== FIRST) return removeSession(session);
      throw new RowRefusedError({
        row: 'session',
        partition: session.partition,
        rowKey: FIRST,
        code: 'TooManyProperties',
      });
    };

    const summary = await run(ports);

    expect(summary).toMatchObject({ stoppedBy: 'error', rowsRefused: 1, error: expect.stringContaining(FIRST) });
    expect(ports.recorded).toHaveLength(71);
    expect([...ports.rows.keys()]).toEqual([FIRST]);
  });

  it('when one row cannot be written and the sweep was cut short as well: the run still names the row', async () => {
    const ports = abandoned(5);
    const { removeSession } = ports;
    ports.removeSession = async (session) => {
      if (session.rowKey !== FIRST) return removeSession(session);
      throw new RowRefusedError({
        row: 'session',
        partition: session.partition,
        rowKey: FIRST,
        code: 'EntityTooLarge',
      });
    };

    expect(await run(ports, { limit: 2 })).toMatchObject({ stoppedBy: 'error', error: expect.stringContaining(FIRST) });
  });

  it('when one outcome cannot be written: its row stays, and the run names it', async () => {
    const ports = abandoned(3);
    const { recordOutcomes } = ports;
    ports.recordOutcomes = async (records) => {
      const refused = records.filter(({ rowKey }) => rowKey === SECOND);
      await recordOutcomes(records.filter((record) => !refused.includes(record)));
      return refused.map((record) => ({
        record,
        error: new RowRefusedError({ ...record, row: 'outcome', code: 'EntityTooLarge' }),
      }));
    };

    expect(await run(ports)).toMatchObject({ stoppedBy: 'error', rowsRefused: 1 });
    expect([...ports.rows.keys()]).toEqual([SECOND]);
  });

  it('when the probe of held failures throws', async () => {
    const ports = abandoned(3);
    ports.failing.set(SECOND, [failure()]);
    const { probe } = ports;
    let probes = 0;
    ports.probe = async (call) => {
      probes += 1;
      if (probes === 2) throw new TypeError('a bug');
      return probe(call);
    };

    await expect(run(ports)).rejects.toThrow('a bug');

    expect(ports.recorded.map(({ outcome }) => outcome).sort()).toEqual(['deleted', 'deleted', 'failed']);
    expect(ports.changes.size).toBe(0);
  });

  it('when the storage failed for a moment while it recorded', async () => {
    const ports = abandoned(3);
    const { recordOutcomes } = ports;
    let calls = 0;
    ports.recordOutcomes = async (records) => {
      calls += 1;
      if (calls === 1) throw new Error('the storage is gone');
      return recordOutcomes(records);
    };

    await expect(run(ports)).rejects.toThrow('the storage is gone');

    expect(ports.recorded.map(({ outcome }) => outcome)).toContain('deleted');
    expect(ports.recorded).toHaveLength(3 - ports.cluster.size);
  });
});
