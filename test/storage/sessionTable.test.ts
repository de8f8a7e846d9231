import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { newSessionId } from '../../src/cleanup/model/sessionId.ts';
import type { TrackedSession } from '../../src/cleanup/model/trackedSession.ts';
import { allRows, testTables, writeRows } from '../support/tables.ts';

const PARTITION = 'build-farm';
const HOUR = 3_600_000;
const longAgo = () => new Date(Date.now() - HOUR);
const cutoff = () => new Date(Date.now() - HOUR / 2);

async function read(tables = testTables(), before = cutoff()): Promise<TrackedSession[]> {
  const found: TrackedSession[] = [];
  for await (const { sessions } of tables.storage.pagesOfSessions({ partition: PARTITION }, before))
    found.push(...sessions);
  return found;
}

const row = (columns: object = {}) => ({ partitionKey: PARTITION, rowKey: newSessionId(), ...columns });

describe('the table of sessions', () => {
  it('streams 2,500 stale of 5,000 sessions in pages of at most 1,000 rows', async () => {
    const tables = testTables();
    const rows = Array.from({ length: 5000 }, (_, n) => row({ lastActivity: n % 2 ? longAgo() : new Date() }));
    await writeRows(tables.sessions, rows);

    const pages: number[] = [];
    const keys = new Set<string>();
    for await (const { sessions } of tables.storage.pagesOfSessions({ partition: PARTITION }, cutoff())) {
      pages.push(sessions.length);
      for (const { rowKey } of sessions) keys.add(rowKey);
    }

    expect(pages.reduce((sum, one) => sum + one, 0)).toBe(2500);
    expect(Math.max(...pages)).toBeLessThanOrEqual(1000);
    expect(keys).toEqual(new Set(rows.filter((_, n) => n % 2).map(({ rowKey }) => rowKey)));
  });

  it('finds rows without lastActivity by the time they were written', async () => {
    const tables = testTables();
    await writeRows(tables.sessions, [row(), row({ lastActivity: new Date() })]);
    const inHalfAnHour = new Date(Date.now() + HOUR / 2);

    const now = await read(tables);
    const later = await read(tables, inHalfAnHour);

    expect(now).toHaveLength(0);
    expect(later).toHaveLength(2);
    expect(later.filter((session) => session.lastActivity === undefined)).toHaveLength(1);
  });

  it('reads a table that does not exist yet as empty, and creates it', async () => {
    const tables = testTables();

    expect(await read(tables)).toEqual([]);
    expect(await tables.storage.findSession(PARTITION, newSessionId())).toBeUndefined();
    expect(await allRows(tables.sessions)).toEqual([]);
  });

  it('streams a part of a partition, by its row keys', async () => {
    const tables = testTables();
    const keys = ['a', 'b', 'c', 'd'];
    await writeRows(
      tables.sessions,
      keys.map((rowKey) => ({ partitionKey: PARTITION, rowKey, lastActivity: longAgo() })),
    );
    const keysOf = async (bounds: { after?: string; upTo?: string }) => {
      const found: string[] = [];
      for await (const { sessions } of tables.storage.pagesOfSessions({ partition: PARTITION, ...bounds }, cutoff())) {
        found.push(...sessions.map(({ rowKey }) => rowKey));
      }
      return found;
    };

    expect(await keysOf({ after: 'b' })).toEqual(['c', 'd']);
    expect(await keysOf({ upTo: 'b' })).toEqual(['a', 'b']);
  });

  it('finds a session whose row key its owner wrote in upper case, under its own key', async () => {
    const tables = testTables();
    const id = newSessionId();
    const rowKey = id.toUpperCase();
    await writeRows(tables.sessions, [row({ rowKey })]);

    const found = await tables.storage.findSession(PARTITION, id);

    expect(found?.rowKey).toBe(rowKey);
    expect(found && (await tables.storage.removeSession(found))).toBe('settled');
  });

  it('leaves other partitions alone', async () => {
    const tables = testTables();
    await writeRows(tables.sessions, [row({ lastActivity: longAgo() })]);
    await tables.sessions.createEntity({
      partitionKey: `${PARTITION}-2`,
      rowKey: randomUUID(),
      lastActivity: longAgo(),
    });

    expect(await read(tables)).toHaveLength(1);
  });

  it("reports the storage service's clock with every page", async () => {
    const tables = testTables();

    for await (const { storageDate } of tables.storage.pagesOfSessions({ partition: PARTITION }, cutoff())) {
      expect(Math.abs((storageDate?.getTime() ?? 0) - Date.now())).toBeLessThan(10_000);
    }
    expect.assertions(1);
  });

  it('reads columns of wrong types as missing, and reports the value of lastActivity', async () => {
    const tables = testTables();
    const odd = row({
      lastActivity: 'yesterday',
      storeRelativePath: 7,
      attempts: 'many',
      nextAttemptAt: true,
      givenUp: 'yes',
      unknown: 'x',
    });
    await writeRows(tables.sessions, [odd]);

    const found = await tables.storage.findSession(PARTITION, odd.rowKey);

    expect(found).toEqual({
      partition: PARTITION,
      rowKey: odd.rowKey,
      etag: expect.any(String),
      timestamp: expect.any(Date),
      unreadableLastActivity: 'yesterday',
      attempts: 0,
      givenUp: false,
    });
  });

  it('reports the value of a lastActivity that the SDK reads as an object', async () => {
    const tables = testTables();
    const value = '6f9619ff-8b86-d011-b42d-00c04fc964ff';
    const odd = row({ lastActivity: { type: 'Guid', value } });
    await writeRows(tables.sessions, [odd]);

    expect(await tables.storage.findSession(PARTITION, odd.rowKey)).toMatchObject({ unreadableLastActivity: value });
  });

  it('keeps a row that its owner wrote after it was read', async () => {
    const tables = testTables();
    const { rowKey } = row();
    await writeRows(tables.sessions, [row({ rowKey, lastActivity: longAgo() })]);
    const seen = (await read(tables)) as [TrackedSession];
    const heartbeat = new Date();
    await tables.sessions.updateEntity({ partitionKey: PARTITION, rowKey, lastActivity: heartbeat }, 'Merge');

    const removed = await tables.storage.removeSession(seen[0]);
    const changed = await tables.storage.changeSession(seen[0], { givenUp: true });

    expect([removed, changed]).toEqual(['changedMeanwhile', 'changedMeanwhile']);
    expect(await allRows(tables.sessions)).toEqual([expect.objectContaining({ rowKey, lastActivity: heartbeat })]);
  });

  it('treats a row that is already gone as settled', async () => {
    const tables = testTables();
    await writeRows(tables.sessions, [row({ lastActivity: longAgo() })]);
    const [session] = (await read(tables)) as [TrackedSession];

    expect(await tables.storage.removeSession(session)).toBe('settled');
    expect(await tables.storage.removeSession(session)).toBe('gone');
    expect(await tables.storage.changeSession(session, { attempts: 1 })).toBe('gone');
  });

  it('writes a failure into the row and leaves the owner’s columns', async () => {
    const tables = testTables();
    await writeRows(tables.sessions, [row({ lastActivity: longAgo(), owner: 'agent-7', color: 'blue' })]);
    const [session] = (await read(tables)) as [TrackedSession];
    const nextAttemptAt = new Date(Date.now() + HOUR);

    await tables.storage.changeSession(session, { attempts: 1, nextAttemptAt, lastError: 'x'.repeat(5000) });

    const [written] = await allRows(tables.sessions);
    expect(written).toMatchObject({ owner: 'agent-7', color: 'blue', attempts: 1, nextAttemptAt });
    expect(written?.['lastError']).toHaveLength(1000);
  });

  it('settles rows whose keys hold quotes, spaces, percent signs and letters of any script', async () => {
    const tables = testTables();
    const keys = ["it's 100% a'b''c", 'Größe 上传 %41', 'x'.repeat(500), '{6f9619ff-8b86-d011-b42d-00c04fc964ff}'];
    await writeRows(
      tables.sessions,
      keys.map((rowKey) => row({ rowKey, lastActivity: longAgo() })),
    );

    const sessions = await read(tables);
    const settled = await Promise.all(sessions.map((session) => tables.storage.removeSession(session)));

    expect(sessions.map(({ rowKey }) => rowKey).sort()).toEqual([...keys].sort());
    expect(settled).toEqual(keys.map(() => 'settled'));
    expect(await allRows(tables.sessions)).toEqual([]);
  });
});
