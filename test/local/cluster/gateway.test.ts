import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type SimulatedCluster, startSimulatedCluster } from '../../../src/local/cluster/simulatedCluster.ts';
import { Upload } from '../../../src/local/cluster/uploader.ts';
import { ask, askRaw, chunkPath, codeOf, commitPath, deletePath, getPath } from './ask.ts';

const ID = '6f9619ff-8b86-d011-b42d-00c04fc964ff';
const ALL_ZERO = '00000000-0000-0000-0000-000000000000';
const CLUSTER_ID = 'Production-West';

let cluster: SimulatedCluster;

beforeAll(async () => {
  cluster = await startSimulatedCluster({ clusterId: CLUSTER_ID });
});

afterAll(() => cluster.close());

describe('how the gateway reads a URL', () => {
  it.each([
    ['GET', '/'],
    ['GET', '/Nodes?api-version=6.0'],
    ['DELETE', '/ImageStore?api-version=6.0'],
    ['DELETE', '/ImageStore/App?api-version=6.0'],
    ['DELETE', `/imagestore/$/DeleteUploadSession?api-version=6.0&session-id=${ID}`],
    ['DELETE', `/ImageStore/$/deleteuploadsession?api-version=6.0&session-id=${ID}`],
    ['DELETE', `/ImageStore/App/$/DeleteUploadSession?api-version=6.0&session-id=${ID}`],
    ['DELETE', `/ImageStore/$/DeleteUploadSession/More?api-version=6.0&session-id=${ID}`],
    ['DELETE', `/ImageStore/%24/DeleteUploadSession?api-version=6.0&session-id=${ID}`],
    ['DELETE', `/$/DeleteUploadSession?api-version=6.0&session-id=${ID}`],
    ['DELETE', `/ImageStore/$/DeleteUploadSession?session-id=${ID}`],
    ['DELETE', `/ImageStore/$/DeleteUploadSession?api-version=&session-id=${ID}`],
    ['DELETE', `/ImageStore/$/DeleteUploadSession?api-version=six&session-id=${ID}`],
    ['DELETE', `/ImageStore/$/DeleteUploadSession?api-version=99.0&session-id=${ID}`],
    ['DELETE', `/ImageStore/$/DeleteUploadSession?api-version=6%2E0&session-id=${ID}`],
    ['DELETE', `/ImageStore/$/DeleteUploadSession?API-VERSION=6.0&session-id=${ID}`],
    ['DELETE', `/ImageStore/$/DeleteUploadSession?api-version=5.0&api-version=6.0&session-id=${ID}`],
    ['GET', deletePath(ID)],
    ['POST', deletePath(ID)],
    ['PUT', deletePath(ID)],
    ['PATCH', deletePath(ID)],
    ['OPTIONS', deletePath(ID)],
    ['DELETE', getPath(ID)],
    ['GET', commitPath(ID)],
    ['POST', chunkPath('App', ID)],
    ['PUT', `/ImageStore/$/UploadChunk?api-version=6.0&session-id=${ID}`],
    ['GET', '/$/GetAadMetadata?api-version=99.0'],
  ])('answers 400 E_INVALIDARG, never 404 or 405, to %s %s', async (method, path) => {
    const answer = await ask(cluster.endpoint, method, path);

    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toEqual({ Error: { Code: 'E_INVALIDARG', Message: 'Invalid argument' } });
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
  });

  it('answers HEAD with 400 and no body', async () => {
    const answer = await ask(cluster.endpoint, 'HEAD', getPath(ID));

    expect([answer.status, answer.body]).toEqual([400, '']);
  });

  it('accepts an empty path segment, an invalid timeout, and unknown parameters', async () => {
    const paths = [
      `//ImageStore//$/DeleteUploadSession/?api-version=6.0&session-id=${ID}`,
      `${deletePath(ID)}&timeout=soon`,
      `${deletePath(ID)}&timeout=4294967296`,
      `${deletePath(ID)}&timeout=-1`,
      `${deletePath(ID)}&x=1&&y`,
    ];

    const answers = await Promise.all(paths.map((path) => ask(cluster.endpoint, 'DELETE', path)));

    expect(answers.map(codeOf)).toEqual(paths.map(() => 'NotFound'));
  });

  it('rejects a PUT or POST without the length of its body', async () => {
    const answer = await askRaw(
      cluster.endpoint,
      `POST ${commitPath(ID)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    );

    expect(answer).toMatch(/^HTTP\/1\.1 411 /);
  });
});

describe('session ids', () => {
  const BAD_IDS = {
    'too short': ID.slice(1),
    'one character wrong': `g${ID.slice(1)}`,
    'in braces': `{${ID}}`,
    'without hyphens': ID.replaceAll('-', ''),
    'a hyphen in the wrong place': '6f9619ff8-b86-d011-b42d-00c04fc964ff',
    'percent-encoded': ID.replace('6', '%36'),
    'all zero': ALL_ZERO,
    'all zero in two parameters': `${ALL_ZERO}&session-id=${ID}`,
    missing: '',
    'with an equals sign': `${ID}=1`,
  };

  it.each(Object.entries(BAD_IDS))('are rejected if %s, by each operation with its own code', async (_what, id) => {
    const range = { headers: { 'Content-Range': 'bytes 0-0/10' }, body: 'x' };

    const answers = await Promise.all([
      ask(cluster.endpoint, 'DELETE', deletePath(id)),
      ask(cluster.endpoint, 'POST', commitPath(id)),
      ask(cluster.endpoint, 'GET', getPath(id)),
      ask(cluster.endpoint, 'PUT', chunkPath('a.zip', id), range),
    ]);

    expect(answers.map((answer) => [answer.status, codeOf(answer)])).toEqual([
      [400, 'E_INVALIDARG'],
      [400, 'E_INVALIDARG'],
      [400, 'FABRIC_E_INVALID_UPLOAD_SESSION_ID'],
      [400, 'FABRIC_E_INVALID_UPLOAD_SESSION_ID'],
    ]);
  });

  it('are accepted in upper and lower case, and of any UUID version', async () => {
    const upload = new Upload(cluster.endpoint, {
      storeRelativePath: 'case.zip',
      fileSizeBytes: 9,
      sessionId: ID.toUpperCase(),
    });
    await upload.uploadChunks();

    const found = await ask(cluster.endpoint, 'GET', getPath(ID));
    const deleted = await ask(cluster.endpoint, 'DELETE', deletePath(ID.toUpperCase()));

    expect([found.status, deleted.status]).toEqual([200, 200]);
  });
});

describe('the answers', () => {
  it('are 404 NotFound with the text Null to a delete, and 204 to a get, of an unknown session', async () => {
    const deleted = await ask(cluster.endpoint, 'DELETE', deletePath(ID));
    const byId = await ask(cluster.endpoint, 'GET', getPath(ID));
    const byPath = await ask(cluster.endpoint, 'GET', '/ImageStore/no/such/$/GetUploadSession?api-version=6.0');

    expect([deleted.status, deleted.body]).toEqual([404, '{"Error":{"Code":"NotFound","Message":"Null"}}']);
    expect([byId.status, byId.body, byPath.status, byPath.body]).toEqual([204, '', 204, '']);
  });

  it('have the date of the cluster clock', async () => {
    const { now: before } = await cluster.control.setClockOffset(-3_600_000);
    const answer = await ask(cluster.endpoint, 'GET', getPath(ID));
    const { now: after } = await cluster.control.clock();
    await cluster.control.setClockOffset(0);

    const date = Date.parse(answer.headers.date ?? '');
    expect(date).toBeGreaterThanOrEqual(Math.floor(before / 1_000) * 1_000);
    expect(date).toBeLessThanOrEqual(after);
  });

  it('are 403 E_ACCESSDENIED to a ClusterId header of another cluster, ignoring case', async () => {
    const asked = (clusterId: string) =>
      ask(cluster.endpoint, 'DELETE', deletePath(ID), { headers: { ClusterId: clusterId } });

    const [same, otherCase, other] = await Promise.all([
      asked(CLUSTER_ID),
      asked('PRODUCTION-west'),
      asked('Production'),
    ]);

    expect([same.status, otherCase.status]).toEqual([404, 404]);
    expect([other.status, codeOf(other)]).toEqual([403, 'E_ACCESSDENIED']);
  });

  it('do not depend on the ClusterId header if the cluster has no id', async () => {
    const nameless = await startSimulatedCluster();

    const answer = await ask(nameless.endpoint, 'DELETE', deletePath(ID), { headers: { ClusterId: 'any' } });

    await nameless.close();
    expect(answer.status).toBe(404);
  });
});

describe('a cluster on Linux', () => {
  it('answers 400 E_INVALIDARG to every upload-session operation, also for an existing session', async () => {
    const linux = await startSimulatedCluster();
    const upload = new Upload(linux.endpoint, { storeRelativePath: 'a.zip', fileSizeBytes: 4 });
    await upload.uploadChunks();
    await linux.control.setLinux(true);

    const answers = await Promise.all([
      ask(linux.endpoint, 'DELETE', deletePath(upload.sessionId)),
      ask(linux.endpoint, 'DELETE', deletePath(ID)),
      ask(linux.endpoint, 'GET', getPath(ID)),
      ask(linux.endpoint, 'POST', commitPath(upload.sessionId)),
    ]);
    await linux.control.setLinux(false);
    const again = await ask(linux.endpoint, 'DELETE', deletePath(upload.sessionId));

    await linux.close();
    expect(answers.map((answer) => [answer.status, codeOf(answer)])).toEqual(answers.map(() => [400, 'E_INVALIDARG']));
    expect(again.status).toBe(200);
  });
});
