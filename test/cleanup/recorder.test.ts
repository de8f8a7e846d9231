import { describe, expect, it } from '@jest/globals';
import { toRecord } from '../../src/cleanup/record.ts';
import { startRecorder } from '../../src/cleanup/recorder.ts';
import { memoryPorts, NOW, row, sessionId } from '../doubles/memoryPorts.ts';

const RUN = { runId: 'run-1', trigger: 'timer', startedAt: NOW } as const;

const entry = (id: string) => {
  const session = row(id);
  const cleanup = { outcome: { kind: 'deleted' }, tries: 1, durationMs: 1 } as const;
  const record = toRecord(RUN, session, cleanup);
  return { record, session, settlement: 'remove' as const };
};

describe('the recorder', () => {
  it('loses no entry, however entries and finished batches fall together', async () => {
    for (let ticks = 0; ticks < 12; ticks += 1) {
      const ports = memoryPorts();
      const recorder = startRecorder(ports);

      await recorder.add(entry(sessionId(1)));
      for (let n = 0; n < ticks; n += 1) await Promise.resolve();
      await recorder.add(entry(sessionId(2)));
      await recorder.finish();

      expect(ports.writes.filter((write) => write.startsWith('record'))).toHaveLength(2);
      expect(ports.writes.filter((write) => write.startsWith('remove'))).toHaveLength(2);
    }
  });

  it('records in batches of at most 100 while one batch is under way', async () => {
    const ports = memoryPorts();
    const batches: number[] = [];
    ports.recordOutcomes = async (records) => {
      batches.push(records.length);
      await new Promise((go) => setImmediate(go));
      return [];
    };
    const recorder = startRecorder(ports);

    for (let n = 0; n < 250; n += 1) await recorder.add(entry(sessionId(n)));
    await recorder.finish();

    expect(Math.max(...batches)).toBe(100);
    expect(batches.reduce((sum, one) => sum + one, 0)).toBe(250);
    expect(batches.length).toBeLessThan(6);
  });

  it('never mixes partitions in one batch', async () => {
    const ports = memoryPorts();
    const batches: string[][] = [];
    ports.recordOutcomes = async (records) => {
      batches.push(records.map(({ partition }) => partition));
      return [];
    };
    const recorder = startRecorder(ports);

    const partitions = ['a', 'a', 'b', 'a'];
    await Promise.all(
      partitions.map((partition, n) => {
        const one = entry(sessionId(n));
        return recorder.add({ ...one, record: { ...one.record, partition } });
      }),
    );
    await recorder.finish();

    for (const batch of batches) expect(new Set(batch).size).toBe(1);
    expect(batches.flat()).toEqual(partitions);
  });

  it('makes the cleanup wait while 400 outcomes are not settled, and no longer', async () => {
    const ports = memoryPorts();
    const gate = Promise.withResolvers<void>();
    ports.recordOutcomes = () => gate.promise.then(() => []);
    const recorder = startRecorder(ports);
    const added = Array.from({ length: 401 }, (_, n) => recorder.add(entry(sessionId(n))));
    let hasRoom = false;
    const last = added[400]?.then(() => {
      hasRoom = true;
    });

    await added[0];
    const hadRoom = hasRoom;
    gate.resolve();
    await last;
    await recorder.finish();

    expect([hadRoom, hasRoom]).toEqual([false, true]);
  });

  it('throws when a row could not be settled, after it has tried the others', async () => {
    const ports = memoryPorts({ rows: [row(sessionId(1)), row(sessionId(2))] });
    const { removeSession } = ports;
    ports.removeSession = async (session) => {
      if (session.rowKey === sessionId(1)) throw new Error('the storage is busy');
      return removeSession(session);
    };
    const recorder = startRecorder(ports);

    await recorder.add(entry(sessionId(1)));
    await recorder.add(entry(sessionId(2)));

    await expect(recorder.finish()).rejects.toThrow('the storage is busy');
    expect(recorder.failed).toBe(true);
    expect(ports.rows.has(sessionId(2))).toBe(false);
  });
});
