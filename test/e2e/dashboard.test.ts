import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OutcomeRecord } from '../../src/cleanup/model/outcomeRecord.ts';
import { type ApiHost, startApiHost } from '../support/apiHost.ts';

const KEY = 'a-key-that-is-in-no-markup';
let host: ApiHost;

beforeAll(async () => {
  host = await startApiHost({ FUNCTIONS_HOST_KEY: KEY, CLUSTER_NAME: 'farm-of-a-test' }, ['--enable-auth'], KEY);
});
afterAll(() => host?.stop());

const withKey = (path: string) => host.ask('GET', `${path}?code=${KEY}`);
const htmlOf = ({ body }: { body: Record<string, unknown> }) => String(body['html']);

describe('the page', () => {
  it('comes without a key and tells nothing, and with one in its address holds none', async () => {
    const bare = await host.ask('GET', '/dashboard');
    const keyed = await withKey('/dashboard');

    expect(htmlOf(bare)).not.toContain('farm-of-a-test');
    expect(htmlOf(keyed)).toBe(htmlOf(bare));
    expect(Buffer.byteLength(htmlOf(bare))).toBeLessThan(50_000);
  });

  it('has a content that needs the key, and holds none either', async () => {
    const content = await withKey('/dashboard/content');

    expect(await host.status('GET', '/dashboard/content')).toBe(401);
    expect(content.status).toBe(200);
    expect(htmlOf(content)).toContain('farm-of-a-test');
    expect(htmlOf(content)).not.toContain(KEY);
    expect(htmlOf(content)).not.toContain('<script');
  });

  it.each(['/dashboard', '/dashboard/content'])('lets %s run and load nothing but its own', async (path) => {
    const { headers, ...answer } = await withKey(path);
    const policy = Object.fromEntries(
      (headers.get('content-security-policy') ?? '').split('; ').map((part) => [part.split(' ')[0], part]),
    );
    const hashes = [...htmlOf(answer).matchAll(/<(script|style)>([\s\S]*?)<\/\1>/g)].map(
      ([, element, text = '']) => `${element}-src 'sha256-${createHash('sha256').update(text).digest('base64')}'`,
    );

    expect(Object.values(policy)).toEqual(expect.arrayContaining(hashes));
    expect(policy).toMatchObject({
      'default-src': "default-src 'none'",
      'base-uri': "base-uri 'none'",
      'frame-ancestors': "frame-ancestors 'none'",
      'form-action': "form-action 'self'",
      'require-trusted-types-for': "require-trusted-types-for 'script'",
    });
    expect(JSON.stringify(policy)).not.toMatch(/unsafe|\*|https?:/);
    expect(htmlOf(answer)).not.toMatch(/\s(style|on\w+)=/i);
    expect([...htmlOf(answer).matchAll(/\s(?:src|href|action)="([^"]*)"/g)].map(([, to]) => to)).toEqual(
      path === '/dashboard'
        ? [expect.stringMatching(/^data:image/), 'dashboard/content']
        : [expect.stringMatching(/^data:image/)],
    );
    expect(Object.fromEntries(headers)).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
  });

  it('finds its content from an address with a slash at its end, too', async () => {
    expect(htmlOf(await host.ask('GET', '/dashboard/'))).toContain('action="content"');
  });

  it('answers within a bound and says so while the storage holds more than it reads', async () => {
    await host.tables.runs.createTable();
    const record = (n: number): OutcomeRecord => ({
      ...{ partition: 'farm-of-a-test', rowKey: `${n}-${randomUUID()}`, sessionId: randomUUID(), outcome: 'failed' },
      ...{ trigger: 'timer', runId: randomUUID(), runStartedAt: new Date(), attempt: 1, tries: 1, durationMs: 1 },
      ...{ errorCode: 'FABRIC_E_TIMEOUT', httpStatus: 504 },
    });
    const batch = (from: number) => Array.from({ length: 100 }, (_, n) => record(from + n));
    await Promise.all(Array.from({ length: 11 }, (_, n) => host.tables.storage.recordOutcomes(batch(100 * n))));

    const html = htmlOf(await withKey('/dashboard/content'));

    expect(html).toContain('1,000 cleanups of 1,000 sessions');
    expect(html).toContain('Not all was read');
  });
});
