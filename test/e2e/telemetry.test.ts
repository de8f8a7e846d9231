import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Upload } from '../../src/local/cluster/uploader.ts';
import { startApp, type TestApp, until } from '../support/app.ts';
import {
  type OtlpEndpoint,
  type ReceivedPoint,
  type ReceivedSpan,
  startOtlpEndpoint,
} from '../support/otlpEndpoint.ts';
import { connection, writeRows } from '../support/tables.ts';
import { useSecret } from '../support/transcript.ts';

const MINUTE = 60_000;
const FUNCTION_KEY = randomBytes(24).toString('base64url');
const HEADER_SECRET = randomBytes(24).toString('base64url');

let endpoint: OtlpEndpoint;
let app: TestApp;

const metric = (name: string) => endpoint.metric(`upload_session_sweeper.${name}`);

/** The number of sessions by `trigger dry_run outcome`. */
const sessionCounts = () => counts(metric('sessions')?.points, ['trigger', 'dry_run', 'outcome']);

function counts(points: ReceivedPoint[] = [], by: string[]): Record<string, number> {
  return Object.fromEntries(
    points.map(({ attributes, value, count }) => [by.map((name) => attributes[name] ?? '-').join(' '), count ?? value]),
  );
}

const spanOf = (traceId: string, name: string) =>
  until(() => endpoint.spans().find((span) => span.traceId === traceId && span.name === name));

const childrenOf = ({ spanId }: ReceivedSpan) => endpoint.spans().filter((span) => span.parentSpanId === spanId);

/** A trace context, as a caller sends it. */
function newTrace(): { traceId: string; spanId: string; headers: Record<string, string> } {
  const traceId = randomBytes(16).toString('hex');
  const spanId = randomBytes(8).toString('hex');
  return {
    traceId,
    spanId,
    headers: { traceparent: `00-${traceId}-${spanId}-01`, tracestate: 'shop=9', 'x-functions-key': FUNCTION_KEY },
  };
}

const ask = (method: string, path: string, headers: Record<string, string>, body?: object) =>
  fetch(`${app.url}/api${path}`, {
    method,
    headers: { ...headers, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });

/** Uploads with their first chunk of 4 bytes, 20 minutes ago. */
async function abandon(count: number): Promise<Upload[]> {
  const { cluster } = app;
  await cluster.control.setClockOffset(-20 * MINUTE);
  const uploads = Array.from(
    { length: count },
    () => new Upload(cluster.endpoint, { storeRelativePath: 'App/a.zip', fileSizeBytes: 12, chunkSizeBytes: 4 }),
  );
  for (const one of uploads) await one.uploadChunks(one.chunks.slice(0, 1));
  await cluster.control.setClockOffset(0);
  return uploads;
}

const register = (ids: string[]) =>
  writeRows(
    app.tables.sessions,
    ids.map((rowKey) => ({ partitionKey: 'default', rowKey, lastActivity: new Date(Date.now() - 20 * MINUTE) })),
  );

beforeAll(async () => {
  endpoint = await startOtlpEndpoint();
  for (const secret of [FUNCTION_KEY, HEADER_SECRET]) useSecret(secret);
  app = await startApp({
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint.url,
    OTEL_EXPORTER_OTLP_HEADERS: `api-key=${HEADER_SECRET}`,
    OTEL_METRIC_EXPORT_INTERVAL: '1000',
    OTEL_BSP_SCHEDULE_DELAY: '100',
    CLUSTER_TIMEOUT: '1',
  });
});
afterAll(async () => {
  await app?.close();
  await endpoint?.close();
});
beforeEach(() => app.cluster.control.clearFaults());

describe('metrics and traces sent to an OTLP endpoint', () => {
  it('report how every session of a sweep ended, how much was freed, and how the cluster answered', async () => {
    const [first, second, alive, failing, deaf] = (await abandon(5)) as [Upload, Upload, Upload, Upload, Upload];
    await alive.uploadChunk({ start: 4, end: 7 });
    await app.cluster.control.setFaults([
      { sessionId: failing.sessionId, answer: { status: 409, code: 'FABRIC_E_IMAGEBUILDER_UNEXPECTED' } },
      { sessionId: deaf.sessionId, operation: 'delete', connection: 'breakBeforeAnswer' },
    ]);
    await register([...[first, second, alive, failing, deaf].map((one) => one.sessionId), randomUUID(), 'no-guid']);

    await app.sweep();
    await until(() => metric('run.duration'));

    expect(sessionCounts()).toEqual({
      'timer false deleted': 2,
      'timer false active': 1,
      'timer false notFound': 1,
      'timer false failed': 2,
      'timer false invalid': 1,
    });
    // The one that is not a GUID.
    expect(metric('given_up_sessions')?.points).toEqual([{ attributes: {}, value: 1 }]);
    expect(metric('stale_sessions')?.points).toEqual([{ attributes: { trigger: 'timer', dry_run: false }, value: 7 }]);
    expect(metric('disk.freed')).toEqual({ unit: 'By', points: [{ attributes: { trigger: 'timer' }, value: 8 }] });
    expect(counts(metric('run.duration')?.points, ['trigger', 'dry_run', 'stopped_by'])).toEqual({
      'timer false completed': 1,
    });
    const [age] = metric('oldest_stale_session.age')?.points ?? [];
    expect(age?.value).toBeGreaterThanOrEqual(20 * 60);
    expect(age?.value).toBeLessThan(21 * 60);
    const calls = metric('cluster.request.duration');
    expect(calls?.unit).toBe('s');
    expect(counts(calls?.points, ['operation', 'http.response.status_code', 'error.type'])).toEqual({
      // Each of the three tries for the session without an answer begins with the guard.
      'GetUploadSession 200 -': 6,
      'GetUploadSession 204 -': 1,
      // The sweep requests the image store info once.
      'Info 200 -': 1,
      'GetUploadSession 409 conflict': 1,
      'DeleteUploadSession 200 -': 2,
      // One probe before the first session, and one after the last failure.
      'DeleteUploadSession 404 -': 2,
      'DeleteUploadSession - unreachable': 3,
    });
  });

  it('give each sweep a span, with the invocation as its parent and the calls as its children', async () => {
    const [upload] = (await abandon(1)) as [Upload];
    await register([upload.sessionId]);
    const { traceId, spanId, headers } = newTrace();

    const answer = await ask('POST', '/sweeps', headers, {});
    const sweep = await spanOf(traceId, 'sweep');

    expect(answer.status).toBe(200);
    expect(sweep).toMatchObject({ kind: 1, failed: false, traceState: 'shop=9' });
    expect(sweep.attributes).toMatchObject({ trigger: 'http', 'outcomes.deleted': 1, stopped_by: 'completed' });
    // The host's own span is between the caller's and the sweep's.
    expect(sweep.parentSpanId).toMatch(/^[0-9a-f]{16}$/);
    expect(sweep.parentSpanId).not.toBe(spanId);
    expect(childrenOf(sweep).map(({ name, kind, failed }) => [name, kind, failed])).toEqual([
      // The probe comes first.
      ['DELETE /ImageStore/$/DeleteUploadSession', 3, false],
      ['GET /ImageStore/$/GetUploadSession', 3, false],
      ['DELETE /ImageStore/$/DeleteUploadSession', 3, false],
    ]);
    const { hostname, port } = new URL(app.cluster.endpoint);
    expect(childrenOf(sweep)[2]?.attributes).toMatchObject({
      'http.request.method': 'DELETE',
      'http.response.status_code': 200,
      'server.address': hostname,
      'server.port': Number(port),
      upload_session_id: upload.sessionId,
    });
  });

  it('distinguish dry runs from sweeps', async () => {
    const [upload] = (await abandon(1)) as [Upload];
    await register([upload.sessionId]);
    const before = sessionCounts();
    const freed = metric('disk.freed');
    const { traceId, headers } = newTrace();

    await ask('POST', '/sweeps', headers, { dryRun: true });
    await spanOf(traceId, 'sweep');
    await until(() => ('http true wouldDelete' in sessionCounts() ? true : undefined));

    expect(sessionCounts()).toEqual({ ...before, 'http true wouldDelete': 1 });
    expect(metric('disk.freed')).toEqual(freed);
  });

  it('report a session that was deleted on request, and one that was not found, which is not an error', async () => {
    const [upload] = (await abandon(1)) as [Upload];
    const before = sessionCounts();
    const [deletion, repeat] = [newTrace(), newTrace()];

    await ask('DELETE', `/upload-sessions/${upload.sessionId}`, deletion.headers);
    await ask('DELETE', `/upload-sessions/${upload.sessionId}`, repeat.headers);
    const deleted = await spanOf(deletion.traceId, 'delete upload session');
    const gone = await spanOf(repeat.traceId, 'delete upload session');
    await until(() => ('http false notFound' in sessionCounts() ? true : undefined));

    expect(deleted.attributes).toMatchObject({ upload_session_id: upload.sessionId, outcome: 'deleted' });
    expect(gone.attributes).toMatchObject({ outcome: 'notFound' });
    expect(childrenOf(gone)).toMatchObject([
      { failed: false, attributes: { 'http.response.status_code': 404, fabric_error_code: 'NotFound' } },
    ]);
    const sessions = sessionCounts();
    expect(sessions['http false deleted']).toBe((before['http false deleted'] ?? 0) + 1);
    expect(sessions['http false notFound']).toBe(1);
  });

  it('mark a sweep that was stopped as failed', async () => {
    await app.cluster.control.setFaults([{ answer: { status: 403 } }]);
    await register([randomUUID()]);
    const { traceId, headers } = newTrace();

    const answer = await ask('POST', '/sweeps', headers, {});
    const sweep = await spanOf(traceId, 'sweep');

    expect(answer.status).toBe(502);
    expect(sweep).toMatchObject({ failed: true, attributes: { stopped_by: 'accessDenied' } });
    const denied = { failed: true, attributes: { 'error.type': 'accessDenied' } };
    expect(childrenOf(sweep)).toMatchObject([denied, denied, denied]);
  });

  it('contain no secret, and no session id in a metric', () => {
    const sent = endpoint.bodies.map(({ text }) => text).join('\n');
    const counted = endpoint.bodies.filter(({ path }) => path === '/v1/metrics').map(({ text }) => text);

    expect(endpoint.bodies.every(({ headers }) => headers['api-key'] === HEADER_SECRET)).toBe(true);
    expect(sent).not.toContain(HEADER_SECRET);
    expect(sent).not.toContain(FUNCTION_KEY);
    expect(sent).not.toContain(/AccountKey=([^;]+)/.exec(connection.connectionString)?.[1]);
    const ids = endpoint.spans().flatMap(({ attributes }) => attributes['upload_session_id'] ?? []);
    expect(ids.length).toBeGreaterThan(0);
    for (const id of ids) expect(counted.join('\n')).not.toContain(String(id));
  });
});
