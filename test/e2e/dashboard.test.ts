import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aRun } from '../doubles/runRecord.ts';
import { type ApiHost, startApiHost } from '../support/apiHost.ts';

const KEY = 'a-key-that-is-in-no-markup';
let host: ApiHost;

beforeAll(async () => {
  host = await startApiHost({ FUNCTIONS_HOST_KEY: KEY, CLUSTER_NAME: 'farm-of-a-test' }, ['--enable-auth'], KEY);
});
afterAll(() => host?.stop());

const keyed = { 'x-functions-key': KEY };
const read = (path: string) => host.ask('GET', path, undefined, keyed);
const htmlOf = ({ body }: { body: Record<string, unknown> }) => String(body['html']);

/** The number of calls to the cluster. */
const asked = async () => (await host.cluster.control.log()).length;

describe('the page', () => {
  it('is the same for everyone, contains no data, and has at most 100 KB', async () => {
    const bare = await host.ask('GET', '/dashboard');
    const withKey = await host.ask('GET', `/dashboard?code=${KEY}`);

    expect(htmlOf(bare)).not.toContain('farm-of-a-test');
    expect(htmlOf(withKey)).toBe(htmlOf(bare));
    expect(Buffer.byteLength(htmlOf(bare))).toBeLessThan(100_000);
    expect(htmlOf(bare)).toMatch(/<noscript>.*upload-session-sweeper doctor.*<\/noscript>/s);
  });

  it('runs only its own script, and loads nothing else', async () => {
    const { headers, ...answer } = await host.ask('GET', '/dashboard');
    const policy = Object.fromEntries(
      (headers.get('content-security-policy') ?? '').split('; ').map((part) => [part.split(' ')[0], part]),
    );
    const hashes = [...htmlOf(answer).matchAll(/<(script|style)>([\s\S]*?)<\/\1>/g)].map(
      ([, element, text = '']) => `${element}-src 'sha256-${createHash('sha256').update(text).digest('base64')}'`,
    );

    expect(hashes).toHaveLength(2);
    expect(Object.values(policy)).toEqual(expect.arrayContaining(hashes));
    expect(policy).toMatchObject({
      'default-src': "default-src 'none'",
      'base-uri': "base-uri 'none'",
      'frame-ancestors': "frame-ancestors 'none'",
      'form-action': "form-action 'self'",
      'require-trusted-types-for': "require-trusted-types-for 'script'",
      'trusted-types': "trusted-types 'none'",
    });
    expect(JSON.stringify(policy)).not.toMatch(/unsafe|\*|https?:/);
    const markup = htmlOf(answer).replace(/<(script|style)>[\s\S]*?<\/\1>/g, '');
    expect(markup).not.toMatch(/\s(style|on\w+)=/i);
    expect([...markup.matchAll(/\s(?:src|href|action)="([^"]*)"/g)].map(([, to]) => to)).toEqual([
      expect.stringMatching(/^data:image/),
    ]);
    expect(Object.fromEntries(headers)).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
  });
});

describe('the data that the page polls', () => {
  it('needs the key, and calls the cluster only for a requested probe', async () => {
    expect(await host.status('GET', '/dashboard/status')).toBe(401);
    expect(await host.status('GET', '/dashboard/history')).toBe(401);

    const before = await asked();
    const polled = await read('/dashboard/status');
    await read('/dashboard/history');
    expect(await asked()).toBe(before);
    const part = (answer: typeof polled, wanted: string) =>
      (answer.body['parts'] as Record<string, unknown>[]).find(({ name }) => name === wanted);
    expect(part(polled, 'cluster')).toMatchObject({ status: 'skipped' });

    const probed = await read('/dashboard/status?fresh=probe');
    expect(await asked()).toBeGreaterThan(before);
    expect(part(probed, 'cluster')).toMatchObject({ status: 'ok', checkedAt: expect.any(String) });
    expect(part(await read('/dashboard/status?fresh=tables'), 'cluster')).toEqual(part(probed, 'cluster'));
    expect(JSON.stringify(probed.body)).not.toContain(KEY);
  });

  it('is cached for several tabs, and read again on request', async () => {
    const first = await read('/dashboard/status?fresh=tables');
    const again = await read('/dashboard/status');
    const fresh = await read('/dashboard/status?fresh=tables');

    expect(again.body['readAt']).toBe(first.body['readAt']);
    expect(fresh.body['readAt']).not.toBe(first.body['readAt']);
    expect((await read('/dashboard/status?fresh=yes')).status).toBe(400);
  });

  it('shows the newest sweep with its probe', async () => {
    await host.ask('POST', '/sweeps', {}, keyed);

    const { body } = await read('/dashboard/status?fresh=tables');

    expect(body).toMatchObject({
      lastSweep: { trigger: 'http', stoppedBy: 'completed' },
      schedule: { isFirst: true, nextAt: expect.stringMatching(/-01-01T/) },
    });
    expect(body['parts']).toEqual(
      expect.arrayContaining([expect.objectContaining({ name: 'credentials', status: 'ok' })]),
    );
  });

  it('is limited, and reports that, if the storage contains more', async () => {
    await host.tables.runs.createTable();
    const record = (n: number) => ({
      ...{
        partition: 'farm-of-a-test',
        rowKey: `${n}-${randomUUID()}`,
        sessionId: randomUUID(),
        outcome: 'failed' as const,
      },
      ...{
        trigger: 'timer' as const,
        runId: randomUUID(),
        runStartedAt: new Date(),
        attempt: 1,
        tries: 1,
        durationMs: 1,
      },
      ...{ errorCode: 'FABRIC_E_TIMEOUT', httpStatus: 504 },
    });
    const batch = (from: number) => Array.from({ length: 100 }, (_, n) => record(from + n));
    await Promise.all(Array.from({ length: 11 }, (_, n) => host.tables.storage.recordOutcomes(batch(100 * n))));

    const { body } = await read('/dashboard/history');

    expect(body['failures']).toMatchObject([{ errorCode: 'FABRIC_E_TIMEOUT', cleanups: 1000, sessions: [] }]);
    expect(body['cut']).toMatchObject({ outcomes: true });
  });
});

it('sees the schedule behind a hundred sweeps on request', async () => {
  const now = Date.now();
  const columns = { clusterName: 'farm-of-a-test' };
  const onRequest = Array.from({ length: 120 }, (_, n) =>
    aRun({ runId: randomUUID(), trigger: 'http', startedAt: new Date(now - n * 1000) }),
  );
  const byTimer = aRun({ runId: randomUUID(), startedAt: new Date(now - 600_000) });
  await host.tables.runs.createTable();
  await Promise.all([byTimer, ...onRequest].map((run) => host.tables.storage.recordRun({ ...run, ...columns })));

  const { body } = await read('/dashboard/status?fresh=tables');

  expect(body).toMatchObject({ schedule: { isFirst: false } });
});
