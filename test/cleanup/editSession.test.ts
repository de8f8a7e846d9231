import { describe, expect, it } from '@jest/globals';
import { type EditPorts, RowContendedError, registerSession, retrySession } from '../../src/cleanup/editSession.ts';
import type { SessionChange, Settled, TrackedSession } from '../../src/cleanup/model/trackedSession.ts';
import { stateOf } from '../../src/cleanup/sessionState.ts';
import { minutesAgo, NOW, RULES, row, sessionId } from '../doubles/memoryPorts.ts';

const ID = sessionId(1);

/** A table with one row or none, what is written to it, and answers to give before the real ones. */
function table(given?: TrackedSession, first: (Settled | 'exists')[] = []) {
  const written: SessionChange[] = [];
  const ports: EditPorts = {
    findSession: async () => given,
    async createSession(_id, columns) {
      if (first.shift()) return 'exists';
      written.push(columns);
      return 'created';
    },
    async changeSession(_row, change) {
      const answer = first.shift() ?? 'settled';
      if (answer === 'settled') written.push(change);
      return answer as Settled;
    },
  };
  return { ports, written };
}

const register = (ports: EditPorts, registration: Partial<SessionChange> = {}) =>
  registerSession(ports, ID, { lastActivity: NOW, ...registration }, NOW, RULES);
const retry = (ports: EditPorts) => retrySession(ports, ID, NOW, RULES);

describe('registering a session', () => {
  it('creates a row from what the client reports', async () => {
    const { ports, written } = table();

    const { session, created } = await register(ports, { owner: 'me', lastActivity: minutesAgo(3) });

    expect(created).toBe(true);
    expect(written).toEqual([{ owner: 'me', lastActivity: minutesAgo(3) }]);
    expect(session).toMatchObject({ rowKey: ID, owner: 'me', attempts: 0, givenUp: false });
  });

  it('records a heartbeat and keeps every other column', async () => {
    const givenUp = row(ID, { givenUp: true, attempts: 8, owner: 'me', lastError: 'busy' });
    const { ports, written } = table(givenUp);

    const { session, created } = await register(ports);

    expect(created).toBe(false);
    expect(written).toEqual([{ lastActivity: NOW }]);
    expect(session).toEqual({ ...givenUp, lastActivity: NOW });
  });

  it('never moves the last activity back, unless it is unreadable or in the future', async () => {
    const late = table(row(ID, { lastActivity: minutesAgo(1) }));
    const future = table(row(ID, { lastActivity: minutesAgo(-60) }));
    const { lastActivity, ...withoutActivity } = row(ID, { unreadableLastActivity: 'yesterday' });
    const unreadable = table(withoutActivity);

    await register(late.ports, { lastActivity: minutesAgo(9) });
    await register(future.ports, { lastActivity: minutesAgo(9) });
    const { session } = await register(unreadable.ports, { lastActivity: minutesAgo(9) });

    expect(late.written).toEqual([]);
    await register(late.ports, { lastActivity: minutesAgo(9), owner: 'me' });
    expect(late.written).toEqual([{ lastActivity: minutesAgo(1), owner: 'me' }]);
    expect(future.written).toEqual([{ lastActivity: minutesAgo(9) }]);
    expect(unreadable.written).toEqual([{ lastActivity: minutesAgo(9) }]);
    expect(session).not.toHaveProperty('unreadableLastActivity');
  });

  it('tries again when the row is made, written or removed meanwhile, and gives up in the end', async () => {
    const made = table(undefined, ['exists', 'exists']);
    const contended = table(row(ID), ['changedMeanwhile', 'gone', 'changedMeanwhile']);
    const hopeless = table(
      row(ID),
      Array.from({ length: 99 }, () => 'changedMeanwhile' as const),
    );

    await register(made.ports);
    await register(contended.ports);

    expect(made.written).toHaveLength(1);
    expect(contended.written).toHaveLength(1);
    await expect(register(hopeless.ports)).rejects.toThrow(RowContendedError);
  });
});

describe('retrying a session', () => {
  it('makes a given-up session due at once, with its attempts reset', async () => {
    const { ports, written } = table(row(ID, { givenUp: true, attempts: 8, lastError: 'busy' }));

    const session = await retry(ports);

    expect(written).toEqual([{ lastActivity: minutesAgo(20), givenUp: false, attempts: 0, nextAttemptAt: NOW }]);
    expect(session && stateOf(session, NOW, RULES)).toBe('stale');
  });

  it('keeps a row without lastActivity stale, although the write moves its Timestamp', async () => {
    const { lastActivity, ...withoutActivity } = row(ID, { givenUp: true });
    const { ports, written } = table(withoutActivity);

    await retry(ports);

    expect(written).toEqual([expect.objectContaining({ lastActivity: withoutActivity.timestamp })]);
  });

  it('ends the wait for a next attempt', async () => {
    const { ports, written } = table(row(ID, { attempts: 2, nextAttemptAt: minutesAgo(-60) }));

    expect(await retry(ports)).toMatchObject({ attempts: 0, nextAttemptAt: NOW });
    expect(written).toHaveLength(1);
  });

  it('does not change a session that is due or active, and finds no session without a row', async () => {
    const due = table(row(ID, { attempts: 2, nextAttemptAt: minutesAgo(1) }));

    expect(await retry(due.ports)).toMatchObject({ attempts: 2 });
    expect(await retry(table().ports)).toBeUndefined();
    expect(due.written).toEqual([]);
  });

  it('tries again when the row is written meanwhile, and gives up in the end', async () => {
    const givenUp = row(ID, { givenUp: true });

    expect(await retry(table(givenUp, ['changedMeanwhile']).ports)).toMatchObject({ givenUp: false });
    const hopeless = table(
      givenUp,
      Array.from({ length: 99 }, () => 'changedMeanwhile' as const),
    );
    await expect(retry(hopeless.ports)).rejects.toThrow(RowContendedError);
  });
});

describe("a session's state", () => {
  it.each([
    ['active', { lastActivity: minutesAgo(14) }],
    ['active', { lastActivity: minutesAgo(14), nextAttemptAt: minutesAgo(-5) }],
    ['active', { lastActivity: minutesAgo(15) }],
    ['stale', { lastActivity: minutesAgo(16) }],
    ['stale', { nextAttemptAt: NOW }],
    ['stale', { lastActivity: minutesAgo(-60) }],
    ['waiting', { nextAttemptAt: minutesAgo(-1) }],
    ['givenUp', { givenUp: true }],
    ['givenUp', { givenUp: true, lastActivity: NOW, nextAttemptAt: minutesAgo(-1) }],
  ] as const)('is %s with %j', (state, columns) => {
    expect(stateOf(row(ID, columns), NOW, RULES)).toBe(state);
  });
});
