import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Upload } from '../../../src/local/cluster/uploader.ts';
import type { ApiHost } from '../../support/apiHost.ts';
import { allRows } from '../../support/tables.ts';

export const MINUTE = 60_000;

export const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * MINUTE);
export const sessionPath = (id: string) => `/upload-sessions/${id}`;
export const items = (body: Record<string, unknown>) => body['items'] as Record<string, unknown>[];
export const ids = (body: Record<string, unknown>) => items(body).map(({ sessionId }) => sessionId);
export const shape = <T>(value: unknown): T => value as T;

/** Removes what earlier tests left on the cluster and in the tables. */
export async function resetApi({ cluster, tables }: ApiHost): Promise<void> {
  await cluster.control.clearFaults();
  await cluster.control.setLinux(false);
  await cluster.control.setClockOffset(0);
  await cluster.control.failOver();
  for (const table of [tables.sessions, tables.outcomes, tables.runs]) {
    await table.createTable();
    for (const { partitionKey = '', rowKey = '' } of await allRows(table))
      await table.deleteEntity(partitionKey, rowKey);
  }
}

/** Writes a row of a session without activity for 20 minutes. @returns its key */
export async function register(
  { tables }: ApiHost,
  columns: Record<string, unknown> = {},
  rowKey: string = randomUUID(),
): Promise<string> {
  await tables.sessions.createEntity({ partitionKey: 'default', rowKey, lastActivity: minutesAgo(20), ...columns });
  return rowKey;
}

/** Makes a registered session on the cluster that received one of two chunks of 10 bytes 20 minutes ago. @returns its id */
export async function abandon(host: ApiHost): Promise<string> {
  await host.cluster.control.setClockOffset(-20 * MINUTE);
  const upload = new Upload(host.cluster.endpoint, {
    storeRelativePath: 'App/Code/a.zip',
    fileSizeBytes: 20,
    chunkSizeBytes: 10,
  });
  await upload.uploadChunks(upload.chunks.slice(0, 1));
  await host.cluster.control.setClockOffset(0);
  return register(host, { storeRelativePath: 'App/Code/a.zip' }, upload.sessionId);
}

/** The routes by the file that tests them, as patterns of `METHOD /path status`. */
export const GROUPS = {
  registration: /^(PUT \/upload-sessions\/\{sessionId\}|POST \/upload-sessions\/\{sessionId\}\/retry) /,
  uploadSessions: /^(GET \/upload-sessions|(GET|DELETE) \/upload-sessions\/\{sessionId\}) /,
  sweepNow: /^POST \/sweeps /,
  records: /^GET \/(outcomes|runs|sweeps|sweeps\/\{sweepId\}) /,
  health: /^GET \/health/,
  description: /^GET \/(openapi|dashboard)/,
};

/** Answers that need another app: one that checks keys, has invalid settings, or cannot reach or write its storage. See apiRefusals.test.ts and refusedRow.test.ts. */
const TESTED_ELSEWHERE = [
  / 401$/,
  / 411$/,
  /^POST \/sweeps 409$/,
  / 500$/,
  / 507$/,
  /^GET .* 503$/,
  /^(PUT|POST) \/upload-sessions\/.* 503$/,
];

/** Every answer in the description, as `METHOD /path status`. */
export function describedAnswers({ paths }: Record<string, unknown>): string[] {
  const routes = paths as Record<string, Record<string, { responses: object }>>;
  return Object.entries(routes).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, { responses }]) =>
      Object.keys(responses).map((status) => `${method.toUpperCase()} ${path} ${status}`),
    ),
  );
}

/** Checks that the routes of a group reject unknown parameters, and that its tests have seen all their described answers. Must be last. */
export function describeAnswers(host: () => ApiHost, group: keyof typeof GROUPS): void {
  const answers = () => describedAnswers(host().description).filter((one) => GROUPS[group].test(one));

  describe('the described answers of these routes', () => {
    it('are 400 for an unknown parameter', async () => {
      for (const described of answers().filter((one) => one.endsWith(' 400'))) {
        const [method = '', path = ''] = described.split(' ');
        const asked = path.replace(/\{\w+\}/, randomUUID());
        const { status } = await host().ask(method, `${asked}?nonsense=1`, method === 'POST' ? {} : undefined);
        expect([described, status]).toEqual([described, 400]);
      }
    });

    it('are all seen by these tests', () => {
      const unseen = answers().filter((one) => !host().seen.has(one));

      expect(answers().length).toBeGreaterThan(0);
      expect(unseen.filter((one) => !TESTED_ELSEWHERE.some((where) => where.test(one)))).toEqual([]);
    });
  });
}

/** Checks that routes answer 400 to invalid session ids. @param routes - method, and the rest of the path after the id */
export function itRejectsInvalidSessionIds(host: () => ApiHost, routes: [method: string, rest: string][]): void {
  it.each(routes)('is a 400 for %s {sessionId}%s', async (method, rest) => {
    const guid = randomUUID();
    for (const bad of [
      'package-of-tuesday',
      `${guid.slice(0, -1)}x`,
      `%7B${guid}%7D`,
      guid.replaceAll('-', ''),
      guid.replace(/\w/g, '0'),
    ]) {
      expect(await host().ask(method, `${sessionPath(bad)}${rest}`)).toMatchObject({
        status: 400,
        body: { title: 'Not a session id' },
      });
    }
  });
}
