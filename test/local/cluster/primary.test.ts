import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { type SimulatedCluster, startSimulatedCluster } from '../../../src/local/cluster/simulatedCluster.ts';
import { type Answer, ask, chunkPath, codeOf, deletePath, getPath, sendChunk, until } from './ask.ts';

const ID = '6f9619ff-8b86-d011-b42d-00c04fc964ff';

let cluster: SimulatedCluster;

beforeAll(async () => {
  cluster = await startSimulatedCluster();
});

beforeEach(async () => {
  await cluster.control.setPrimaryMoving(false);
  await cluster.control.failOver();
  await cluster.control.clearLog();
  await sendChunk(cluster.endpoint, chunkPath('a.zip', ID), 'bytes 0-9/40', 10);
});

afterAll(() => cluster.close());

const del = (timeout: number, signal?: AbortSignal) =>
  ask(cluster.endpoint, 'DELETE', `${deletePath(ID)}&timeout=${timeout}`, signal ? { signal } : {});
const get = (timeout?: number) =>
  ask(cluster.endpoint, 'GET', getPath(ID) + (timeout === undefined ? '' : `&timeout=${timeout}`));
const answered = (answer: Answer) => [answer.status, codeOf(answer)];
const arrived = (operation: 'delete' | 'getSession') =>
  until(async () => (await cluster.control.log({ operation })).length > 0);
/** Makes time pass in steps, for the gateway's retries. */
const pass = async (seconds: number) => {
  for (let passed = 0; passed < seconds; passed += 5) await cluster.control.advanceClock(5_000);
};

it('retries a delete every 5 s while the primary moves, and carries it out when the move ends', async () => {
  await cluster.control.setPrimaryMoving(true);
  const deleting = del(60);
  await arrived('delete');

  await pass(10);
  const during = await cluster.control.sessions();
  await cluster.control.setPrimaryMoving(false);
  await pass(5);

  expect((await deleting).status).toBe(200);
  expect(during).toHaveLength(1);
  expect(await cluster.control.sessions()).toEqual([]);
  const [logged] = await cluster.control.log({ operation: 'delete' });
  expect(logged).toMatchObject({ attempts: 4, deleted: true, bytesFreed: 10 });
  expect((logged?.performedAt ?? 0) - (logged?.arrivedAt ?? 0)).toBeGreaterThanOrEqual(15_000);
});

it('carries out a delete although its client has gone, and logs the last chunk at that time', async () => {
  await cluster.control.setPrimaryMoving(true);
  const gone = new AbortController();
  const deleting = del(60, gone.signal);
  await arrived('delete');
  gone.abort();
  await expect(deleting).rejects.toThrow();

  await cluster.control.setPrimaryMoving(false);
  await sendChunk(cluster.endpoint, chunkPath('a.zip', ID), 'bytes 10-19/40', 10);
  const [revived] = await cluster.control.sessions();
  await pass(5);

  // The session is deleted shortly before the log is updated.
  const log = () => cluster.control.log({ operation: 'delete' });
  await until(async () => (await log()).some(({ deleted }) => deleted));
  const [logged] = await log();
  expect(logged).toMatchObject({ deleted: true, bytesFreed: 20, modifiedAt: revived?.modifiedAt, clientGone: true });
});

it('answers 504 FABRIC_E_TIMEOUT at the end of the timeout, 60 s by default', async () => {
  await cluster.control.setPrimaryMoving(true);
  const asking = [get(20), get()];
  await until(async () => (await cluster.control.log()).filter((one) => one.operation === 'getSession').length === 2);

  await pass(20);
  const first = await asking[0];
  const [, open] = await cluster.control.log({ operation: 'getSession' });
  await pass(40);

  expect(answered(first as Answer)).toEqual([504, 'FABRIC_E_TIMEOUT']);
  expect(open?.status).toBeUndefined();
  expect(answered((await asking[1]) as Answer)).toEqual([504, 'FABRIC_E_TIMEOUT']);
});

it.each([1, 5])('does not retry a call with a timeout of %d s, even if the move ends in time', async (timeout) => {
  await cluster.control.setPrimaryMoving(true);
  const deleting = del(timeout);
  await arrived('delete');

  await cluster.control.setPrimaryMoving(false);
  await pass(5);

  expect(answered(await deleting)).toEqual([504, 'FABRIC_E_TIMEOUT']);
  expect(await cluster.control.sessions()).toHaveLength(1);
  expect(await cluster.control.log({ operation: 'delete' })).toMatchObject([{ applied: false }]);
});

it('answers NotFound if the new primary does not have the session', async () => {
  await cluster.control.setPrimaryMoving(true);
  const deleting = del(60);
  await arrived('delete');

  await cluster.control.failOver();
  await cluster.control.setPrimaryMoving(false);
  await pass(5);

  expect(answered(await deleting)).toEqual([404, 'NotFound']);
});

it('rejects an invalid session id at once, and reports the move in its status', async () => {
  await cluster.control.setPrimaryMoving(true);

  const refused = await ask(cluster.endpoint, 'GET', getPath('x'));

  expect(answered(refused)).toEqual([400, 'FABRIC_E_INVALID_UPLOAD_SESSION_ID']);
  expect(await cluster.control.status()).toMatchObject({ primaryMoving: true });
});

it('closes while a call is waiting', async () => {
  const other = await startSimulatedCluster();
  await other.control.setPrimaryMoving(true);
  const asking = ask(other.endpoint, 'GET', getPath(ID));
  asking.catch(() => {});
  await until(async () => (await other.control.log()).length > 0);

  await other.close();

  await expect(asking).rejects.toThrow();
});
