import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { startApp, until } from '../support/app.ts';
import { startAzureMonitorEndpoint } from '../support/azureMonitorEndpoint.ts';
import { startOtlpEndpoint } from '../support/otlpEndpoint.ts';

describe('metrics and traces sent to Application Insights', () => {
  it('arrive as custom metrics and dependencies of the invocation, in addition to those sent by OTLP', async () => {
    const key = randomUUID();
    const monitor = await startAzureMonitorEndpoint(key);
    const otlp = await startOtlpEndpoint();
    const app = await startApp({
      APPLICATIONINSIGHTS_CONNECTION_STRING: monitor.connectionString,
      NODE_EXTRA_CA_CERTS: monitor.caFile,
      OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url,
      WEBSITE_SITE_NAME: 'sweeper-app',
    });
    try {
      const traceId = randomBytes(16).toString('hex');
      const headers = { traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-00` };
      const id = randomUUID();
      await fetch(`${app.url}/api/upload-sessions/${id}`, { method: 'DELETE', headers });
      const json = { ...headers, 'content-type': 'application/json' };
      await fetch(`${app.url}/api/sweeps`, { method: 'POST', headers: json, body: '{}' });

      const of = (type: string, name: string) =>
        monitor.envelopes.find(({ data: { baseType, baseData } }) => {
          const [metric] = (baseData['metrics'] ?? []) as { name: string }[];
          return baseType === type && (metric?.name ?? baseData['name']) === name;
        });
      const sessions = await until(() => of('MetricData', 'upload_session_sweeper.sessions'));
      const run = await until(() => of('RemoteDependencyData', 'sweep'));
      const call = of('RemoteDependencyData', 'DELETE /ImageStore/$/DeleteUploadSession');

      expect(new Set(monitor.envelopes.map(({ iKey }) => iKey))).toEqual(new Set([key]));
      expect(sessions).toMatchObject({
        tags: { 'ai.cloud.role': 'sweeper-app' },
        data: {
          baseData: {
            metrics: [{ name: 'upload_session_sweeper.sessions', value: 1, count: 1 }],
            properties: { outcome: 'notFound', trigger: 'http' },
          },
        },
      });
      expect(run?.tags).toMatchObject({ 'ai.operation.id': traceId });
      expect(call).toMatchObject({
        tags: { 'ai.operation.id': traceId },
        data: {
          baseData: { type: 'Http', resultCode: '404', success: true, properties: { upload_session_id: id } },
        },
      });
      expect(otlp.metric('upload_session_sweeper.sessions')?.points).toHaveLength(1);
    } finally {
      await app.close();
      await otlp.close();
      await monitor.close();
    }
  });

  it('can be rejected without harm, with one warning that does not show the key', async () => {
    const key = randomUUID();
    const monitor = await startAzureMonitorEndpoint(key, 400);
    const app = await startApp({
      APPLICATIONINSIGHTS_CONNECTION_STRING: monitor.connectionString,
      NODE_EXTRA_CA_CERTS: monitor.caFile,
      OTEL_METRIC_EXPORT_INTERVAL: '1000',
    });
    try {
      const refused = /Metrics can't be sent to the endpoint in APPLICATIONINSIGHTS_CONNECTION_STRING \(status 400\)/g;
      await app.tables.sessions.createTable();

      const runs = [await app.sweep(), await app.sweep()];
      await until(() => (monitor.requests() >= 4 ? true : undefined));

      expect(runs).toMatchObject([{ stoppedBy: 'completed' }, { stoppedBy: 'completed' }]);
      expect(app.host.output().match(refused)).toHaveLength(1);
      expect(app.host.output()).not.toContain(key);
    } finally {
      await app.close();
      await monitor.close();
    }
  });
});
