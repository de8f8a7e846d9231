import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { askStoreUsage } from '../../src/cleanup/storeUsage.ts';
import { createImageStoreClient } from '../../src/imageStore/imageStoreClient.ts';
import { readStoreUsage } from '../../src/imageStore/storeUsageAnswer.ts';
import { type SimulatedCluster, startSimulatedCluster } from '../../src/local/cluster/simulatedCluster.ts';
import { Upload } from '../../src/local/cluster/uploader.ts';

let cluster: SimulatedCluster;
const clientOf = () => createImageStoreClient({ endpoints: [new URL(cluster.endpoint)] });
const never = new AbortController().signal;

beforeAll(async () => {
  cluster = await startSimulatedCluster();
});
afterAll(() => cluster?.close());

describe('the image store info', () => {
  it.each(['object', 'arrayOfOne'] as const)('agrees with what is staged, to the byte, as %s', async (form) => {
    await cluster.control.setStoreInfo(form, 1_000_000);
    const before = await clientOf().getStoreUsage();
    const upload = new Upload(cluster.endpoint, {
      storeRelativePath: `App/Code/${form}.zip`,
      fileSizeBytes: 30,
      chunkSizeBytes: 10,
    });

    const [first] = upload.chunks;
    if (first) await upload.uploadChunk(first);
    const after = await clientOf().getStoreUsage();

    expect(after.stagedBytes - before.stagedBytes).toBe(10);
    expect(after.stagedFiles - before.stagedFiles).toBe(1);
    expect(after).toMatchObject({ capacityBytes: 1_000_000, availableBytes: before.availableBytes - 10 });
  });

  it('is unknown if the cluster does not support the call, without an error', async () => {
    await cluster.control.setStoreInfo('unsupported');
    const { getStoreUsage } = clientOf();

    expect(await askStoreUsage({ getStoreUsage }, never)).toBe('unknown');
    await expect(getStoreUsage()).rejects.toMatchObject({ httpStatus: 400, code: 'E_INVALIDARG' });
  });

  it('is not taken from a cache', async () => {
    const body = '{"DiskInfo":{"Capacity":"9","AvailableSpace":"1"},"UsedByStaging":{"UsedSpace":"0","FileCount":"0"}}';
    await cluster.control.setFaults([
      { operation: 'storeInfo', answer: { status: 200, body, headers: { Age: '60' } } },
    ]);

    await expect(clientOf().getStoreUsage()).rejects.toMatchObject({ kind: 'unexpectedAnswer', httpStatus: 200 });
  });

  it.each([
    '',
    '[]',
    'null',
    '{"DiskInfo":{"Capacity":"1","AvailableSpace":"1"}}',
    '{"DiskInfo":{"Capacity":"-1","AvailableSpace":"1"},"UsedByStaging":{"UsedSpace":"0","FileCount":"0"}}',
    '{"DiskInfo":{"Capacity":"1","AvailableSpace":"2"},"UsedByStaging":{"UsedSpace":"0","FileCount":"0"}}',
    '{"DiskInfo":{"Capacity":"1","AvailableSpace":"1"},"UsedByStaging":{"UsedSpace":"much","FileCount":"0"}}',
  ])('is not read from %s', (body) => {
    expect(readStoreUsage(body)).toBeUndefined();
  });
});
