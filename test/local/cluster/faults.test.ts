import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { FaultRule } from '../../../src/local/cluster/faultRule.ts';
import { STATUS_TABLE } from '../../../src/local/cluster/gatewayAnswer.ts';
import { type SimulatedCluster, startSimulatedCluster } from '../../../src/local/cluster/simulatedCluster.ts';
import { Upload } from '../../../src/local/cluster/uploader.ts';
import { ask, askRaw, codeOf, deletePath, getPath, until } from './ask.ts';

const ID = '6f9619ff-8b86-d011-b42d-00c04fc964ff';

let cluster: SimulatedCluster;

beforeAll(async () => {
  cluster = await startSimulatedCluster();
});

afterEach(async () => {
  await cluster.control.clearFaults();
  await cluster.control.clearLog();
});

afterAll(() => cluster.close());

const del = (sessionId = ID) => ask(cluster.endpoint, 'DELETE', deletePath(sessionId));
const rawDelete = (sessionId = ID) =>
  askRaw(cluster.endpoint, `DELETE ${deletePath(sessionId)} HTTP/1.1\r\nHost: x\r\n\r\n`);

async function newSession(): Promise<string> {
  const upload = new Upload(cluster.endpoint, { storeRelativePath: 'a.zip', fileSizeBytes: 10 });
  await upload.uploadChunks();
  return upload.sessionId;
}

/** Sends a delete and closes the connection when it has arrived. */
async function deleteAndLeave(sessionId: string): Promise<void> {
  const leaving = new AbortController();
  const asked = ask(cluster.endpoint, 'DELETE', deletePath(sessionId), { signal: leaving.signal });
  await until(async () => (await cluster.control.log({ operation: 'delete', sessionId })).length > 0);
  leaving.abort();
  await expect(asked).rejects.toThrow('abort');
}

async function isThere(sessionId: string): Promise<boolean> {
  return (await cluster.control.sessions()).some((session) => session.sessionId === sessionId);
}

describe('a scripted answer', () => {
  it.each(STATUS_TABLE.map((row) => [`${row.status} ${row.code ?? row.contentType ?? '(empty)'}`, row] as const))(
    'can be %s',
    async (_name, row) => {
      await cluster.control.addFault({ operation: 'delete', answer: row });

      const answer = await del();

      expect(answer.status).toBe(row.status);
      expect(codeOf(answer)).toBe(row.code);
      if (row.code === undefined) expect(answer.body).toBe(row.body ?? '');
      expect(answer.headers['retry-after']).toBe(row.headers?.['Retry-After']);
    },
  );

  it('can be a redirect, a page, or have headers that the gateway never sends', async () => {
    await cluster.control.setFaults([
      { times: 1, answer: { status: 307, headers: { Location: 'http://127.0.0.1:1/' } } },
      { times: 1, answer: { status: 200, body: '{"half', contentType: 'text/plain', headers: { date: 'yesterday' } } },
    ]);

    const [redirect, page] = [await del(), await del()];

    expect([redirect.status, redirect.headers.location]).toEqual([307, 'http://127.0.0.1:1/']);
    expect([page.body, page.headers['content-type'], page.headers.date]).toEqual(['{"half', 'text/plain', 'yesterday']);
  });

  it('can be too long to read', async () => {
    await cluster.control.addFault({ answer: { status: 500, body: 'start', padToBytes: 1_000_000 } });

    const answer = await del();

    expect([answer.body.length, answer.body.slice(0, 8)]).toEqual([1_000_000, 'start   ']);
  });

  it.each([true, false])('is independent of whether the operation was carried out (applied: %s)', async (applied) => {
    const sessionId = await newSession();
    await cluster.control.addFault({ operation: 'delete', applied, answer: { status: 504, code: 'FABRIC_E_TIMEOUT' } });

    const answer = await del(sessionId);
    const [logged] = await cluster.control.log({ operation: 'delete' });

    expect([answer.status, codeOf(answer)]).toEqual([504, 'FABRIC_E_TIMEOUT']);
    expect(await isThere(sessionId)).toBe(!applied);
    expect(logged).toMatchObject({ status: 504, code: 'FABRIC_E_TIMEOUT', applied });
    expect(logged?.deleted ?? false).toBe(applied);
  });
});

describe('a broken connection', () => {
  it('can end before the answer, with the operation carried out or not', async () => {
    const [done, undone] = [await newSession(), await newSession()];
    await cluster.control.setFaults([
      { sessionId: done, connection: 'breakBeforeAnswer', applied: true },
      { sessionId: undone.toUpperCase(), connection: 'breakBeforeAnswer' },
    ]);

    await expect(del(done)).rejects.toMatchObject({ code: 'ECONNRESET' });
    await expect(del(undone)).rejects.toMatchObject({ code: 'ECONNRESET' });

    expect([await isThere(done), await isThere(undone)]).toEqual([false, true]);
    const [logged] = await cluster.control.log({ sessionId: done, operation: 'delete' });
    expect(logged).toMatchObject({ broken: 'breakBeforeAnswer', deleted: true });
    expect(logged).not.toHaveProperty('status');
  });

  it('can end in the middle of the head', async () => {
    await cluster.control.addFault({ connection: 'breakInHead' });

    const received = await rawDelete();

    expect(received).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(received).not.toContain('\r\n\r\n');
    await expect(del()).rejects.toThrow();
  });

  it('can end in the middle of the body, also for an answer without one', async () => {
    const sessionId = await newSession();
    await cluster.control.setFaults([
      { operation: 'delete', sessionId, connection: 'breakInBody', applied: true },
      { operation: 'delete', connection: 'breakInBody', answer: { status: 503, code: 'FABRIC_E_NOT_READY' } },
    ]);

    const received = await rawDelete();

    expect(received).toMatch(/^HTTP\/1\.1 503 [\s\S]*\r\n\r\n\{"Error":\{"Code":"/);
    expect(received).not.toMatch(/\}$/);
    await expect(del(sessionId)).rejects.toThrow('aborted');
    expect(await isThere(sessionId)).toBe(false);
  });

  it('can end right after a whole keep-alive answer', async () => {
    await cluster.control.addFault({ connection: 'breakAfterAnswer', applied: true });

    const received = await rawDelete();

    expect(received).toMatch(/^HTTP\/1\.1 404 [\s\S]*Connection: keep-alive[\s\S]*"Message":"Null"\}\}$/);
  });

  it('can stay open without an answer, with the operation carried out', async () => {
    const sessionId = await newSession();
    await cluster.control.addFault({ operation: 'delete', connection: 'noAnswer', applied: true });

    await deleteAndLeave(sessionId);

    await until(async () => (await cluster.control.log({ sessionId, operation: 'delete' }))[0]?.broken === 'noAnswer');
    expect(await isThere(sessionId)).toBe(false);
  });
});

describe('latency', () => {
  it('comes before the operation, and alone does not change the answer', async () => {
    const sessionId = await newSession();
    await cluster.control.addFault({ operation: 'delete', latencyMs: 1_000 });

    const deleting = del(sessionId);
    await until(async () => (await cluster.control.log({ sessionId, operation: 'delete' })).length === 1);
    const meanwhile = await isThere(sessionId);
    const answer = await deleting;

    expect([meanwhile, answer.status]).toEqual([true, 200]);
    expect(await isThere(sessionId)).toBe(false);
  });

  it('does not stop the operation if the client closes the connection', async () => {
    const sessionId = await newSession();
    await cluster.control.addFault({ operation: 'delete', latencyMs: 400 });

    await deleteAndLeave(sessionId);

    await until(async () => (await cluster.control.log({ sessionId, operation: 'delete' }))[0]?.status !== undefined);
    const [logged] = await cluster.control.log({ sessionId, operation: 'delete' });
    expect(logged).toMatchObject({ deleted: true, clientGone: true });
    expect(await isThere(sessionId)).toBe(false);
  });
});

describe('the choice of a rule', () => {
  it('uses the first that matches operation and session', async () => {
    await cluster.control.setFaults([
      { operation: 'getSession', answer: { status: 500 } },
      { operation: ['commit', 'delete'], sessionId: ID, answer: { status: 502 } },
      { answer: { status: 503 } },
    ]);

    const other = '7f9619ff-8b86-d011-b42d-00c04fc964ff';
    const answers = [await ask(cluster.endpoint, 'GET', getPath(ID)), await del(ID.toUpperCase()), await del(other)];
    const nonsense = await ask(cluster.endpoint, 'GET', '/nonsense');

    expect([...answers, nonsense].map((answer) => answer.status)).toEqual([500, 502, 503, 503]);
  });

  it('stops after `times`, and the count is reported', async () => {
    await cluster.control.addFault({ name: 'twice', times: 2, answer: { status: 503 } });

    const statuses = [await del(), await del(), await del()].map((answer) => answer.status);

    expect(statuses).toEqual([503, 503, 404]);
    expect(await cluster.control.faults()).toEqual([
      { id: expect.any(Number), timesApplied: 2, rule: { name: 'twice', times: 2, answer: { status: 503 } } },
    ]);
  });

  it('is the same for the same seed', async () => {
    const rules: FaultRule[] = [{ probability: 0.5, answer: { status: 503 } }];
    const run = async (seed: number) => {
      await cluster.control.setFaults(rules, seed);
      const statuses: number[] = [];
      for (let count = 0; count < 40; count += 1) statuses.push((await del()).status);
      return statuses;
    };

    const [first, again, other] = [await run(7), await run(7), await run(8)];

    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    const failed = first.filter((status) => status === 503).length;
    expect(failed).toBeGreaterThan(8);
    expect(failed).toBeLessThan(32);
  });

  it('can be removed, one rule or all', async () => {
    const id = await cluster.control.addFault({ answer: { status: 503 } });
    await cluster.control.addFault({ answer: { status: 502 } });

    const removed = [await cluster.control.removeFault(id), await cluster.control.removeFault(id)];
    const second = await del();
    await cluster.control.clearFaults();

    expect(removed).toEqual([true, false]);
    expect([second.status, (await del()).status]).toEqual([502, 404]);
  });
});

describe('an invalid rule', () => {
  it.each([
    ['has no effect', {}, 'has no effect'],
    ['breaks the connection in an unknown way', { connection: 'explode' }, 'connection'],
    ['is for an unknown operation', { operation: 'remove', latencyMs: 1 }, 'operation'],
    ['has an unknown property', { latency: 1 }, 'latency'],
    ['has an invalid status', { answer: { status: 99 } }, 'answer.status'],
    ['has a header that would break the head', { answer: { status: 200, headers: { A: 'b\r\nc' } } }, 'answer.headers'],
    ['has an answer that is never sent', { connection: 'noAnswer', answer: { status: 200 } }, 'never be sent'],
    ['breaks the connection after an answer that is not set', { connection: 'breakAfterAnswer' }, 'needs an answer'],
    ['has only latency and is not applied', { latencyMs: 1, applied: false }, 'latency alone'],
    ['is applied less than once', { times: 0, latencyMs: 1 }, 'times'],
    ['has a probability above 1', { probability: 1.5, latencyMs: 1 }, 'probability'],
  ])('is rejected if it %s', async (_what, rule, reason) => {
    await expect(cluster.control.addFault(rule as FaultRule)).rejects.toThrow(reason);
    await expect(cluster.control.setFaults([rule as FaultRule])).rejects.toThrow(reason);
    expect(await cluster.control.faults()).toEqual([]);
  });
});
