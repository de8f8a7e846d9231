import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { type ApiHost, startApiHost } from '../support/apiHost.ts';

interface Description {
  servers: { url: string }[];
  paths: Record<
    string,
    Record<string, { operationId: string; security?: object[]; responses: Record<string, object> }>
  >;
}

let host: ApiHost;
let description: Description;

beforeAll(async () => {
  host = await startApiHost();
  description = host.description as unknown as Description;
});
afterAll(() => host?.stop());

/** The findings of the linter, which also checks the examples against their schemas. */
async function faultsIn(source: object): Promise<string[]> {
  const config = await createConfig({
    extends: ['recommended-strict'],
    rules: {
      'no-invalid-media-type-examples': 'error',
      'no-invalid-parameter-examples': 'error',
      'no-invalid-schema-examples': 'error',
      // GET /health has no input and needs no key.
      'operation-4xx-response': 'off',
    },
  });
  const problems = await lintFromString({ source: JSON.stringify(source), absoluteRef: 'openapi.json', config });
  return problems.map(({ ruleId, message, location: [at] }) => `${at?.pointer}: ${message} (${ruleId})`);
}

const operations = () =>
  Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, path, method })),
  );

describe('the API description', () => {
  it('has no linter findings, also not in its examples', async () => {
    expect(await faultsIn(description)).toEqual([]);
  });

  it('has a linter finding if an example does not match its schema', async () => {
    const broken = JSON.parse(JSON.stringify(description).replace('"state":"stale"', '"state":"rotten"')) as object;

    expect(await faultsIn(broken)).toEqual([expect.stringContaining('no-invalid-media-type-examples')]);
  });

  it('describes every HTTP function of the app, by its name', () => {
    const served = [...host.output().matchAll(/^\s*(\w+): \[[A-Z,]+\] http/gm)].map(([, name]) => name);

    expect(served.length).toBeGreaterThan(10);
    expect(
      operations()
        .map(({ operationId }) => operationId)
        .sort(),
    ).toEqual(served.sort());
  });

  it('requires a key everywhere but for the short health answer and the page without data', () => {
    const open = operations().filter(({ security, responses }) => security?.length === 0 || !responses[401]);

    expect(open.map(({ path }) => path).sort()).toEqual(['/dashboard', '/health']);
  });

  it('has the server URL of its own request', () => {
    expect(description.servers).toEqual([{ url: '/api' }]);
  });
});
