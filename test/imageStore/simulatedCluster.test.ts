import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newSessionId } from '../../src/cleanup/model/sessionId.ts';
import type { ImageStoreClient } from '../../src/cleanup/model/uploadSession.ts';
import { createImageStoreClient } from '../../src/imageStore/imageStoreClient.ts';
import { type SimulatedCluster, startSimulatedCluster } from '../../src/local/cluster/simulatedCluster.ts';
import { Upload } from '../../src/local/cluster/uploader.ts';
import { clientOf, rejection } from './servers.ts';

describe('the client and a cluster', () => {
  let cluster: SimulatedCluster;
  let client: ImageStoreClient;
  beforeAll(async () => {
    cluster = await startSimulatedCluster({ clusterId: 'west-1' });
    client = createImageStoreClient({ endpoints: [new URL(cluster.endpoint)], clusterId: 'west-1' });
  });
  afterAll(async () => {
    client.close();
    await cluster.close();
  });
  beforeEach(() => cluster.control.clearFaults());

  const startUpload = () => {
    const id = newSessionId();
    const description = { storeRelativePath: `App/${id}.zip`, fileSizeBytes: 3_000, chunkSizeBytes: 1_000 };
    return { id, upload: new Upload(cluster.endpoint, { sessionId: id, ...description }) };
  };

  it('agree on an upload session with missing chunks', async () => {
    const { id, upload } = startUpload();
    const before = Date.now();
    await upload.uploadChunks(upload.chunks.slice(0, 1));

    const { value, clusterDate } = await client.getUploadSession(id);

    expect(value).toMatchObject({
      sessionId: id,
      storeRelativePath: upload.storeRelativePath,
      fileSizeBytes: 3_000,
      missingRanges: [{ start: 1_000, end: 2_999 }],
    });
    expect(value?.modifiedAt?.getTime()).toBeGreaterThanOrEqual(before - 1);
    expect(value?.modifiedAt?.getTime()).toBeLessThanOrEqual(Date.now());
    expect(Math.abs((clusterDate?.getTime() ?? 0) - Date.now())).toBeLessThan(2_000);
  });

  it('agree on an upload session with all its chunks', async () => {
    const { id, upload } = startUpload();
    await upload.uploadChunks();

    expect((await client.getUploadSession(id)).value?.missingRanges).toEqual([]);
  });

  it('agree that a deleted session is gone', async () => {
    const { id, upload } = startUpload();
    await upload.uploadChunks(upload.chunks.slice(0, 1));

    await client.deleteUploadSession(id);

    expect((await client.getUploadSession(id)).value).toBeUndefined();
    expect(await rejection(client.deleteUploadSession(id))).toMatchObject({
      kind: 'notFound',
      code: 'NotFound',
    });
  });

  it('agree that another cluster’s id is refused', async () => {
    const other = clientOf(cluster, { clusterId: 'east-1' });

    expect(await rejection(other.deleteUploadSession(newSessionId()))).toMatchObject({
      kind: 'accessDenied',
      code: 'E_ACCESSDENIED',
    });
  });

  it('agree that a Linux cluster is not supported', async () => {
    await cluster.control.setLinux(true);

    const error = await rejection(client.deleteUploadSession(newSessionId()));

    await cluster.control.setLinux(false);
    expect(error).toMatchObject({ kind: 'invalidRequest', code: 'E_INVALIDARG', retryable: false });
  });

  it.each([
    ['breakBeforeAnswer', 'unreachable'],
    ['breakInHead', 'unreachable'],
    ['noAnswer', 'timedOut'],
  ] as const)('that fails by %s: %s', async (connection, kind) => {
    await cluster.control.setFaults([{ connection }]);
    const interactiveCall = clientOf(cluster, { clusterId: 'west-1', timeoutSeconds: 1, graceMs: -900 });

    expect(await rejection(interactiveCall.deleteUploadSession(newSessionId()))).toMatchObject({
      kind,
      retryable: true,
    });
  });

  it('that breaks in the body of its answer: the session does not count as unknown', async () => {
    const { id, upload } = startUpload();
    await upload.uploadChunks(upload.chunks.slice(0, 1));
    await cluster.control.setFaults([{ connection: 'breakInBody', applied: true }]);

    expect(await rejection(client.getUploadSession(id))).toMatchObject({
      kind: 'unreachable',
      httpStatus: 200,
    });
  });

  it('that answers and then breaks the connection: the next call does not notice', async () => {
    await cluster.control.setFaults([{ connection: 'breakAfterAnswer', applied: true, times: 1 }]);

    await client.getUploadSession(newSessionId());

    expect((await client.getUploadSession(newSessionId())).value).toBeUndefined();
  });
});
