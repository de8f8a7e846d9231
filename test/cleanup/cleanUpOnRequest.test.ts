import { describe, expect, it } from '@jest/globals';
import { cleanUpOnRequest } from '../../src/cleanup/cleanUpOnRequest.ts';
import type { TrackedSession } from '../../src/cleanup/model/trackedSession.ts';
import { failure, memoryPorts, minutesAgo, NOW, RULES, row, sessionId } from '../doubles/memoryPorts.ts';

const ID = sessionId(1);
const RUN = { runId: 'call-1', trigger: 'http', startedAt: NOW } as const;

/** A registered session that is not on the cluster. */
const gone = (columns: Partial<TrackedSession> = {}) => memoryPorts({ rows: [row(ID, columns)] });

describe.each([true, false])('cleaning up one session on request, guarded: %s', (guarded) => {
  const cleanUp = (ports: ReturnType<typeof memoryPorts>) =>
    cleanUpOnRequest(ports, ID, { ...RULES, guarded }, RUN, {});

  it('calls a session that is gone deleted if a DELETE with an unknown answer was sent before', async () => {
    const ports = gone({ deleteSentAt: minutesAgo(10) });

    expect((await cleanUp(ports)).outcome).toEqual({ kind: 'deleted' });
    expect(ports.recorded).toMatchObject([{ sessionId: ID, outcome: 'deleted' }]);
    expect(ports.rows.size).toBe(0);
  });

  it('calls it not found if it was active after that DELETE, or no DELETE was sent', async () => {
    const revived = gone({ deleteSentAt: minutesAgo(10), lastActivity: minutesAgo(5) });

    expect((await cleanUp(revived)).outcome).toEqual({ kind: 'notFound' });
    expect((await cleanUp(gone())).outcome).toEqual({ kind: 'notFound' });
    expect((await cleanUp(memoryPorts())).outcome).toEqual({ kind: 'notFound' });
  });

  it('ignores a last activity in the future, as a sweep does, and reports it', async () => {
    const ports = gone({ lastActivity: minutesAgo(-60), timestamp: minutesAgo(20), deleteSentAt: minutesAgo(10) });

    expect((await cleanUp(ports)).outcome).toEqual({ kind: 'deleted' });
    expect(ports.recorded).toMatchObject([
      { lastActivity: minutesAgo(20), errorMessage: expect.stringContaining('is in the future') },
    ]);
  });

  it('notes in the row that a DELETE with an unknown answer was sent, and does not charge the session', async () => {
    const ports = gone();
    ports.failing.set(ID, [failure({ kind: 'timedOut', deleteSent: true })]);

    expect((await cleanUp(ports)).outcome.kind).toBe('failed');
    expect(ports.changes.get(ID)).toEqual({ lastActivity: minutesAgo(20), deleteSentAt: NOW });
  });

  it('leaves the row when its outcome cannot be recorded', async () => {
    const ports = gone();
    ports.recordOutcomes = async () => {
      throw new Error('the storage is gone');
    };

    await expect(cleanUp(ports)).rejects.toThrow('the storage is gone');

    expect(ports.writes).toEqual([]);
  });
});
