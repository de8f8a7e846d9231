import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { startApp, type TestApp, until } from '../support/app.ts';
import { startOtlpEndpoint } from '../support/otlpEndpoint.ts';
import { allRows, writeRows } from '../support/tables.ts';

const PRINT_LOADED = `--import ${new URL('../support/printLoadedPackages.mjs', import.meta.url)}`;

const registerOne = ({ tables }: TestApp) =>
  writeRows(
    tables.sessions,
    [randomUUID()].map((rowKey) => ({
      partitionKey: 'default',
      rowKey,
      lastActivity: new Date(Date.now() - 3_600_000),
    })),
  );

/** An address without a listener. */
async function nowhere(): Promise<string> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return `http://127.0.0.1:${port}`;
}

const sweepsThatEnded = (app: TestApp) =>
  app.host.output().match(/Executed 'Functions\.sweepStaleSessions' \(\w+/g) ?? [];

const loaded = (app: TestApp) =>
  new Set(app.host.output().match(/(?<=\bloaded )@(?:opentelemetry\/|azure\/monitor-)\S+/g));

describe('an app whose metrics and traces', () => {
  it('are not configured loads nothing of their SDK', async () => {
    const app = await startApp({ NODE_OPTIONS: PRINT_LOADED });
    try {
      await registerOne(app);

      await app.sweep();

      // The API package, which all code but the SDK uses.
      expect([...loaded(app)].filter((name) => name !== '@opentelemetry/api')).toEqual([]);
    } finally {
      await app.close();
    }
  });

  it('have invalid settings reports which, loads nothing, and sweeps', async () => {
    const app = await startApp({
      NODE_OPTIONS: PRINT_LOADED,
      APPLICATIONINSIGHTS_CONNECTION_STRING: 'InstrumentationKey=hush-hush',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'localhost-hush',
    });
    try {
      await registerOne(app);

      const run = await app.sweep();

      expect(run).toMatchObject({ stoppedBy: 'completed', notFound: 1 });
      expect(app.host.output()).toMatch(/Warning: APPLICATIONINSIGHTS_CONNECTION_STRING is invalid, expected/);
      expect(app.host.output()).toMatch(/Warning: OTEL_EXPORTER_OTLP_ENDPOINT is invalid, expected/);
      expect(app.host.output()).not.toContain('hush');
      expect([...loaded(app)].filter((name) => name !== '@opentelemetry/api')).toEqual([]);
    } finally {
      await app.close();
    }
  });

  it.each([
    ['reach an endpoint that is down', 'down', /Metrics can't be sent .*OTEL_EXPORTER_OTLP_ENDPOINT.*ECONNREFUSED/],
    ['are refused by their endpoint', 400, /Metrics can't be sent .*OTEL_EXPORTER_OTLP_ENDPOINT.*status 400/],
    ['meet an endpoint that fails', 500, /Metrics can't be sent .*OTEL_EXPORTER_OTLP_ENDPOINT/],
  ] as const)('%s sweeps as ever, and says so once', async (_, how, sentence) => {
    const endpoint = await startOtlpEndpoint();
    if (how !== 'down') endpoint.answerWith(how);
    const app = await startApp({
      OTEL_EXPORTER_OTLP_ENDPOINT: how === 'down' ? await nowhere() : endpoint.url,
      OTEL_EXPORTER_OTLP_TIMEOUT: '500',
      OTEL_METRIC_EXPORT_INTERVAL: '1000',
    });
    try {
      await registerOne(app);

      const first = await app.sweep();
      await until(() => (sentence.test(app.host.output()) ? true : undefined));
      const second = await app.sweep();
      await until(() => (sweepsThatEnded(app).length === 2 ? true : undefined));

      expect([first['stoppedBy'], second['stoppedBy']]).toEqual(['completed', 'completed']);
      expect(sweepsThatEnded(app).every((line) => line.endsWith('(Succeeded'))).toBe(true);
      expect(app.host.output().match(/Metrics can't be sent/g)).toHaveLength(1);
      expect(app.host.output()).not.toContain(new URL(endpoint.url).host);
      expect(await app.host.stop()).toBe(0);
    } finally {
      await app.close();
      await endpoint.close();
    }
  });

  it('are sent to an endpoint that never answers delays no sweep and no shutdown', async () => {
    const endpoint = await startOtlpEndpoint();
    endpoint.answerWith('nothing');
    const app = await startApp({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint.url });
    try {
      await registerOne(app);

      await app.sweep();
      const [ended] = await until(() => (sweepsThatEnded(app).length > 0 ? sweepsThatEnded(app) : undefined));
      const code = await app.host.stop();

      expect(ended).toMatch(/Succeeded$/);
      expect(code).toBe(0);
      // The exporter itself is still trying.
      expect(app.host.output()).not.toMatch(/can't be sent/);
    } finally {
      await app.close();
      await endpoint.close();
    }
  });

  it('were not sent yet sends them before it ends', async () => {
    const endpoint = await startOtlpEndpoint();
    const app = await startApp({ NODE_OPTIONS: PRINT_LOADED, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint.url });
    try {
      await fetch(`${app.url}/api/upload-sessions/${randomUUID()}`, { method: 'DELETE' });
      expect(endpoint.bodies).toEqual([]);

      const code = await app.host.stop();

      expect(code).toBe(0);
      expect(loaded(app)).toContain('@opentelemetry/sdk-metrics');
      expect(loaded(app)).not.toContain('@azure/monitor-opentelemetry-exporter');
      expect(endpoint.spans().map(({ name }) => name)).toEqual([
        'DELETE /ImageStore/$/DeleteUploadSession',
        'delete upload session',
      ]);
      expect(endpoint.metric('upload_session_sweeper.sessions')?.points).toMatchObject([
        { attributes: { outcome: 'notFound', trigger: 'http' }, value: 1 },
      ]);
      expect(await allRows(app.tables.outcomes)).toHaveLength(1);
    } finally {
      await app.close();
      await endpoint.close();
    }
  });
});
