import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { noOutcomes } from '../../src/cleanup/model/outcomeKind.ts';
import type { OutcomeRecord } from '../../src/cleanup/model/outcomeRecord.ts';
import type { TrackedSession } from '../../src/cleanup/model/trackedSession.ts';
import { openStorage, type Storage } from '../../src/storage/storage.ts';
import { allRows, connection, testTables, writeRows } from '../support/tables.ts';

/** The answer instead of the storage's, or a change of the page that it sends; `undefined` passes everything on. */
type Trouble = (asked: IncomingMessage) => { status: number; body: object } | 'shortPage' | 'emptyPage' | undefined;

const EMULATOR = new URL(/TableEndpoint=([^;]+)/.exec(connection.connectionString)?.[1] ?? '');
const PARTITION = 'build-farm';
const longAgo = () => new Date(Date.now() - 3_600_000);

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

/** The storage behind a proxy that makes trouble. */
async function troubled(tables: ReturnType<typeof testTables>, trouble: Trouble): Promise<Storage> {
  const server = createServer((asked, answer) => {
    const made = trouble(asked);
    if (!made || typeof made === 'string') return pass(asked, answer, made);
    asked.resume().on('end', () => {
      answer.writeHead(made.status, { 'content-type': 'application/json;odata=minimalmetadata' });
      answer.end(JSON.stringify(made.body));
    });
  });
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const through = connection.connectionString.replace(EMULATOR.origin, `http://127.0.0.1:${port}`);
  return openStorage({ connectionString: through }, tables.names);
}

function pass(asked: IncomingMessage, answer: ServerResponse, page?: 'shortPage' | 'emptyPage'): void {
  const { method, headers } = asked;
  const path = page ? asked.url?.replace('top=1000', 'top=1') : asked.url;
  const onward = request({ host: EMULATOR.hostname, port: EMULATOR.port, path, method, headers }, (got) => {
    answer.writeHead(got.statusCode ?? 502, got.headers);
    if (page !== 'emptyPage') return got.pipe(answer);
    got.resume();
    return answer.end('{"value":[]}');
  });
  onward.on('error', () => answer.destroy());
  asked.pipe(onward);
}

const error = (status: number, code: string) => ({
  status,
  body: { 'odata.error': { code, message: { lang: 'en-US', value: code } } },
});

/** Does each of these once, then passes everything on. */
const inTurn =
  (...made: ReturnType<Trouble>[]): Trouble =>
  () =>
    made.shift();

async function allPages(storage: Storage): Promise<TrackedSession[][]> {
  const pages: TrackedSession[][] = [];
  for await (const { sessions } of storage.pagesOfSessions({ partition: PARTITION }, new Date())) pages.push(sessions);
  return pages;
}

const read = async (storage: Storage): Promise<number[]> => (await allPages(storage)).map(({ length }) => length);

const row = () => ({ partitionKey: PARTITION, rowKey: randomUUID(), lastActivity: longAgo() });

const record = (): OutcomeRecord => {
  const rowKey = randomUUID();
  return {
    partition: PARTITION,
    rowKey,
    sessionId: rowKey,
    outcome: 'deleted',
    trigger: 'timer',
    runId: randomUUID(),
    runStartedAt: new Date(),
    attempt: 1,
    tries: 1,
    durationMs: 1,
  };
};

/** A run cut short this many minutes after noon. */
const run = (minutes: number) => ({
  clusterName: PARTITION,
  runId: randomUUID(),
  sweepId: randomUUID(),
  trigger: 'timer' as const,
  startedAt: new Date(Date.UTC(2026, 10, 22, 12, minutes)),
  durationMs: 1,
  scanned: 1,
  stale: 1,
  oldestStaleAt: undefined,
  outcomes: noOutcomes(),
  bytesFreed: 0,
  bytesToFree: undefined,
  dryRun: false,
  stoppedBy: 'timeBudget' as const,
  error: undefined,
  resumable: true as const,
});

describe('a storage service in trouble', () => {
  it.each(['ServerBusy', 'ServerTimeout'])('is asked again when it throttles with 503 %s', async (code) => {
    const tables = testTables();
    await writeRows(tables.sessions, [row()]);

    const storage = await troubled(tables, inTurn(error(503, code)));

    expect(await read(storage)).toEqual([1]);
  });

  it('may send short and empty pages with a continuation token', async () => {
    const tables = testTables();
    await writeRows(tables.sessions, [row(), row(), row(), row()]);

    const storage = await troubled(tables, inTurn('emptyPage', 'shortPage'));

    // The row of the page that was emptied on its way is the one that is missing.
    expect(await read(storage)).toEqual([0, 1, 2]);
  });

  it('may send an empty page before the run with the position', async () => {
    const tables = testTables();
    const resumeAfter = { partition: PARTITION, rowKey: 'k' };
    for (const minutes of [1, 2]) await tables.storage.recordRun({ ...run(minutes), resumeAfter });

    const storage = await troubled(tables, inTurn('emptyPage'));

    expect(await storage.resumePosition(PARTITION)).toEqual(resumeAfter);
  });

  it('gets its table made anew when it was deleted while the app runs', async () => {
    const tables = testTables();
    await tables.storage.recordOutcomes([record()]);
    await tables.outcomes.deleteTable();

    await tables.storage.recordOutcomes([record(), record()]);

    expect(await allRows(tables.outcomes)).toHaveLength(2);
  });

  it('that still deletes the table is an error that says so', async () => {
    const tables = testTables();
    const storage = await troubled(tables, ({ method, url }) =>
      method === 'POST' && url?.includes('/Tables') ? error(409, 'TableBeingDeleted') : undefined,
    );

    await expect(storage.recordOutcomes([record()])).rejects.toThrow(/TableBeingDeleted/);
  });

  it('that refuses a batch for one of its rows records the others one by one', async () => {
    const tables = testTables();
    await tables.outcomes.createTable();
    const storage = await troubled(tables, ({ url }) =>
      url?.includes('$batch') ? error(400, 'InvalidInput') : undefined,
    );

    await storage.recordOutcomes([record(), record(), record()]);

    expect(await allRows(tables.outcomes)).toHaveLength(3);
  });

  it.each(['TooManyProperties', 'EntityTooLarge'])(
    'that refuses to change a row with %s is an error that names the row, and leaves it as it is',
    async (code) => {
      const tables = testTables();
      await writeRows(tables.sessions, [row()]);
      const storage = await troubled(tables, ({ method }) => (method === 'PATCH' ? error(400, code) : undefined));
      const [[session] = []] = await allPages(storage);
      if (!session) throw new Error('The row was not read.');

      const change = storage.changeSession(session, { attempts: 1 });

      await expect(change).rejects.toThrow(new RegExp(`"${session.rowKey}" in partition "${PARTITION}" \\(${code}\\)`));
      await expect(change).rejects.toMatchObject({ name: 'RowRefusedError', rowKey: session.rowKey, code });
      expect(await allRows(tables.sessions)).toMatchObject([{ rowKey: session.rowKey, etag: session.etag }]);
    },
  );

  it('that refuses one outcome records the others, and names the one', async () => {
    const tables = testTables();
    await tables.outcomes.createTable();
    const [first, refused, last] = [record(), record(), record()];
    const storage = await troubled(tables, ({ url = '' }) =>
      url.includes('$batch') || url.includes(refused.rowKey) ? error(400, 'PropertyValueTooLarge') : undefined,
    );

    const left = await storage.recordOutcomes([first, refused, last]);

    expect(left).toMatchObject([
      { record: { rowKey: refused.rowKey }, error: { name: 'RowRefusedError', code: 'PropertyValueTooLarge' } },
    ]);
    const recorded = (await allRows(tables.outcomes)).map(({ sessionId }) => sessionId);
    expect(recorded.toSorted()).toEqual([first.rowKey, last.rowKey].toSorted());
  });

  it('that hangs up is asked again', async () => {
    const tables = testTables();
    await writeRows(tables.sessions, [row()]);
    let hangUps = 1;
    const storage = await troubled(tables, (asked) => {
      if (hangUps-- > 0) asked.socket.destroy();
      return undefined;
    });

    expect(await read(storage)).toEqual([1]);
  });
});
