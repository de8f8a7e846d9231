import { randomUUID } from 'node:crypto';
import type { TableEntity } from '@azure/data-tables';
import { describe, expect, it } from '@jest/globals';
import { newSessionId } from '../../src/cleanup/model/sessionId.ts';
import type { ListedSession, SessionQuery } from '../../src/storage/sessionQueries.ts';
import { allRows, type TestTables, testTables, writeRows } from '../support/tables.ts';

const longAgo = () => new Date(Date.now() - 3_600_000);

async function list(
  tables: TestTables,
  partitions: string[],
  query: SessionQuery = {},
  after?: string,
  pageSize = 1000,
) {
  const listed: ListedSession[] = [];
  for await (const one of tables.storage.listSessions(partitions, query, after, pageSize)) listed.push(one);
  return listed;
}

const keys = (listed: ListedSession[]) => listed.map(({ session }) => session.rowKey);

describe('the list of sessions', () => {
  it('streams the sessions of several partitions in the order of their keys, and no others', async () => {
    const tables = testTables();
    const rows = ['farm-0', 'farm-1', 'farm-10'].map((partitionKey) =>
      [3, 1, 2].map((n) => ({ partitionKey, rowKey: `${partitionKey}/${n}`.replace('/', ':') })),
    );
    for (const [n, part] of rows.entries()) {
      if (n === 0) await writeRows(tables.sessions, part);
      else await tables.sessions.submitTransaction(part.map((row) => ['create', row]));
    }

    expect(keys(await list(tables, ['farm-0', 'farm-1']))).toEqual([
      ...['farm-0:1', 'farm-0:2', 'farm-0:3'],
      ...['farm-1:1', 'farm-1:2', 'farm-1:3'],
    ]);
  });

  it('goes on behind any position, also when its session is gone', async () => {
    const tables = testTables();
    const odd = ["it's 100%", 'Größe 上传', '~', ...Array.from({ length: 20 }, () => randomUUID())];
    await writeRows(
      tables.sessions,
      odd.map((rowKey) => ({ partitionKey: "o'farm", rowKey })),
    );
    const all = await list(tables, ["o'farm"]);

    for (const [n, { session, position }] of all.entries()) {
      await tables.storage.removeSession(session);
      expect(keys(await list(tables, ["o'farm"], {}, position, 7))).toEqual(keys(all.slice(n + 1)));
    }
  });

  it('finds the given-up ones, and those without activity with or without the column', async () => {
    const tables = testTables();
    const rows: TableEntity<Record<string, unknown>>[] = [
      { partitionKey: 'p', rowKey: 'a', lastActivity: new Date(), givenUp: true },
      { partitionKey: 'p', rowKey: 'b', lastActivity: longAgo() },
      { partitionKey: 'p', rowKey: 'c', givenUp: false },
    ];
    await writeRows(tables.sessions, rows);
    const soon = new Date(Date.now() + 60_000);

    expect(keys(await list(tables, ['p'], { givenUp: true }))).toEqual(['a']);
    expect(keys(await list(tables, ['p'], { inactiveSince: new Date(Date.now() - 60_000) }))).toEqual(['b']);
    expect(keys(await list(tables, ['p'], { inactiveSince: soon }))).toEqual(['a', 'b', 'c']);
  });

  it('is empty if there is no table yet, and refuses a position in another partition', async () => {
    expect(await list(testTables(), ['p'])).toEqual([]);
    await expect(list(testTables(), ['p'], {}, JSON.stringify(['q', '']))).rejects.toThrow(
      'The position to continue from is not one of this list.',
    );
  });

  it('ends with an AbortError if it is aborted', async () => {
    const listed = testTables().storage.listSessions(['p'], {}, undefined, 10, AbortSignal.abort());

    await expect(listed.next()).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('creates a row once, and keeps it when it is there', async () => {
    const tables = testTables();
    const [first, second] = [new Date(1), new Date(2)];
    const id = newSessionId();

    expect(await tables.storage.createSession('p', id, { lastActivity: first, owner: 'me' })).toBe('created');
    expect(await tables.storage.createSession('p', id, { lastActivity: second })).toBe('exists');
    expect(await allRows(tables.sessions)).toEqual([expect.objectContaining({ lastActivity: first, owner: 'me' })]);
  });
});
