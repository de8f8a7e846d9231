import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ApiHost, startApiHost } from '../support/apiHost.ts';

const MOST_BYTES = 4 * 1024 * 1024;
/** The longest text that the storage accepts. In an answer, each character has three bytes. */
const LONG = '包'.repeat(32_000);
const ROWS = 30;

let host: ApiHost;
beforeAll(async () => {
  host = await startApiHost();
  await host.tables.sessions.createTable();
  const lastActivity = new Date(Date.now() - 3_600_000);
  for (let n = 0; n < ROWS; n++) {
    const row = { partitionKey: 'default', rowKey: randomUUID(), storeRelativePath: LONG, owner: LONG, lastActivity };
    await host.tables.sessions.createEntity(row);
  }
});
afterAll(() => host?.stop());

type Body = Record<string, unknown>;
const bytesOf = (body: Body) => Buffer.byteLength(JSON.stringify(body));
const listOf = (body: Body, name: string) => body[name] as Body[];

/** Reads all pages of a list. */
async function pagesOf(path: string): Promise<Body[]> {
  const pages: Body[] = [];
  let query = '';
  do {
    const { body } = await host.ask('GET', `${path}?limit=999${query}`);
    pages.push(body);
    query = body['continuationToken'] ? `&continuationToken=${String(body['continuationToken'])}` : '';
  } while (query !== '');
  return pages;
}

describe('rows of the maximum size', () => {
  it('make more pages in the list of sessions, with each row once', async () => {
    const pages = await pagesOf('/upload-sessions');

    expect(pages.length).toBeGreaterThan(1);
    expect(Math.max(...pages.map(bytesOf))).toBeLessThan(MOST_BYTES + 10_000);
    const ids = pages.flatMap((page) => listOf(page, 'items').map(({ sessionId }) => sessionId));
    expect(ids).toHaveLength(ROWS);
    expect(new Set(ids).size).toBe(ROWS);
  });

  it('are left out of the answer to a dry run, which counts them', async () => {
    const { status, body } = await host.ask('POST', '/sweeps', { dryRun: true });

    expect(status).toBe(200);
    expect(bytesOf(body)).toBeLessThan(MOST_BYTES + 10_000);
    expect(listOf(body, 'planned').length).toBeGreaterThan(1);
    expect(listOf(body, 'planned').length + Number(body['plannedLeftOut'])).toBe(ROWS);
  });
});
