import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { type SimulatedCluster, startSimulatedCluster } from '../../../src/local/cluster/simulatedCluster.ts';
import { Upload } from '../../../src/local/cluster/uploader.ts';
import { ask, codeOf } from './ask.ts';

const INFO = '/ImageStore/$/Info?api-version=6.5';
const MIB = 1_048_576;

let cluster: SimulatedCluster;

beforeAll(async () => {
  cluster = await startSimulatedCluster();
});

beforeEach(async () => {
  await cluster.control.failOver();
  await cluster.control.setStoreInfo('object', 100 * MIB);
});

afterAll(() => cluster.close());

const info = (path = INFO) => ask(cluster.endpoint, 'GET', path);

it('reports the staged and the committed bytes as strings, also after a commit and a delete', async () => {
  const file = { storeRelativePath: 'App/a.zip', fileSizeBytes: 5_001, chunkSizeBytes: 1_000 };
  const upload = new Upload(cluster.endpoint, file);
  await upload.uploadChunks();
  const staged = JSON.parse((await info()).body);
  await upload.commit();
  const committed = JSON.parse((await info()).body);
  await ask(
    cluster.endpoint,
    'DELETE',
    `/ImageStore/$/DeleteUploadSession?api-version=6.0&session-id=${upload.sessionId}`,
  );
  const freed = JSON.parse((await info()).body);

  const nothing = { UsedSpace: '0', FileCount: '0' };
  expect(staged).toEqual({
    DiskInfo: { Capacity: String(100 * MIB), AvailableSpace: String(100 * MIB - 5_001) },
    UsedByMetadata: nothing,
    UsedByStaging: { UsedSpace: '5001', FileCount: '6' },
    UsedByCopy: nothing,
    UsedByRegister: nothing,
  });
  expect(committed).toMatchObject({
    DiskInfo: { AvailableSpace: String(100 * MIB - 10_002) },
    UsedByStaging: { UsedSpace: '5001', FileCount: '6' },
    UsedByCopy: { UsedSpace: '5001', FileCount: '1' },
  });
  expect(freed).toMatchObject({
    DiskInfo: { AvailableSpace: String(100 * MIB - 5_001) },
    UsedByStaging: nothing,
    UsedByCopy: { UsedSpace: '5001', FileCount: '1' },
  });
});

it("can answer with an array of one, like the documentation's example", async () => {
  const [one] = [JSON.parse((await info()).body)];
  await cluster.control.setStoreInfo('arrayOfOne');

  expect(JSON.parse((await info()).body)).toEqual([one]);
  expect(await cluster.control.status()).toMatchObject({ storeInfo: 'arrayOfOne', capacityBytes: 100 * MIB });
});

it('can answer 400 E_INVALIDARG, like a runtime without the operation', async () => {
  await cluster.control.setStoreInfo('unsupported');

  const answer = await info();

  expect([answer.status, codeOf(answer)]).toEqual([400, 'E_INVALIDARG']);
});

it.each([
  '/ImageStore/$/Info?api-version=6.0',
  '/ImageStore/$/Info',
  '/ImageStore/App/$/Info?api-version=6.5',
  '/ImageStore/$/GetUploadSession?api-version=6.5&session-id=6f9619ff-8b86-d011-b42d-00c04fc964ff',
])('answers 400 E_INVALIDARG to %s', async (path) => {
  const answer = await info(path);

  expect([answer.status, codeOf(answer)]).toEqual([400, 'E_INVALIDARG']);
});

it('never reports negative available space', async () => {
  await cluster.control.setStoreInfo('object', 0);

  expect(JSON.parse((await info()).body).DiskInfo).toEqual({ Capacity: '0', AvailableSpace: '0' });
});
