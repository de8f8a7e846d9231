import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { context, metrics, trace } from '@opentelemetry/api';
import { readTelemetrySettings } from '../../src/settings/telemetry.ts';
import { startTelemetry } from '../../src/telemetry/telemetry.ts';
import { type AzureMonitorEndpoint, startAzureMonitorEndpoint } from '../support/azureMonitorEndpoint.ts';
import { type OtlpEndpoint, startOtlpEndpoint } from '../support/otlpEndpoint.ts';

const authorities = getCACertificates('default');
const before = { ...process.env };
let otlp: OtlpEndpoint;
let monitor: AzureMonitorEndpoint;

beforeEach(async () => {
  otlp = await startOtlpEndpoint();
  monitor = await startAzureMonitorEndpoint(randomUUID());
  setDefaultCACertificates([await readFile(monitor.caFile, 'utf8')]);
});

afterEach(async () => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  setDefaultCACertificates(authorities);
  trace.disable();
  metrics.disable();
  context.disable();
  await otlp.close();
  await monitor.close();
});

/** Starts metrics and traces with these settings, records a span and a measurement of a call, and sends them. */
async function send(settings: Record<string, string>): Promise<string[]> {
  const warnings: string[] = [];
  const all = {
    APPLICATIONINSIGHTS_CONNECTION_STRING: monitor.connectionString,
    OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url,
    ...settings,
  };
  Object.assign(process.env, all);
  const telemetry = await startTelemetry(readTelemetrySettings(all), (sentence) => warnings.push(sentence));
  trace.getTracer('test').startSpan('work').end();
  metrics.getMeter('test').createCounter('test.count').add(1);
  await telemetry?.flush(20_000);
  return warnings;
}

const kinds = () => ({
  otlp: [...new Set(otlp.bodies.map(({ path }) => path))].sort(),
  monitor: [...new Set(monitor.envelopes.map(({ data }) => data.baseType))].sort(),
});

describe('the signals that are sent', () => {
  it('are metrics and traces, to both destinations', async () => {
    const warnings = await send({});

    expect(warnings).toEqual([]);
    expect(kinds()).toEqual({
      otlp: ['/v1/metrics', '/v1/traces'],
      monitor: ['MetricData', 'RemoteDependencyData'],
    });
  });

  it('lack traces at both destinations with OTEL_TRACES_EXPORTER=none', async () => {
    await send({ OTEL_TRACES_EXPORTER: 'none' });

    expect(kinds()).toEqual({ otlp: ['/v1/metrics'], monitor: ['MetricData'] });
  });

  it('lack metrics at both destinations with OTEL_METRICS_EXPORTER=none', async () => {
    await send({ OTEL_METRICS_EXPORTER: ' None ' });

    expect(kinds()).toEqual({ otlp: ['/v1/traces'], monitor: ['RemoteDependencyData'] });
  });

  it.each([[{ OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' }], [{ OTEL_SDK_DISABLED: 'TRUE' }]])(
    'are none with %j',
    async (settings) => {
      const warnings = await send(settings as Record<string, string>);

      expect(warnings).toEqual([]);
      expect([otlp.bodies, monitor.requests()]).toEqual([[], 0]);
    },
  );

  it('do not change with an unknown exporter, which is a warning', async () => {
    const warnings = await send({ OTEL_METRICS_EXPORTER: 'prometheus' });

    expect(warnings).toEqual([expect.stringMatching(/^OTEL_METRICS_EXPORTER is invalid, expected otlp or none/)]);
    expect(kinds().otlp).toEqual(['/v1/metrics', '/v1/traces']);
  });

  it('have the service name of OTEL_SERVICE_NAME', async () => {
    await send({ OTEL_SERVICE_NAME: 'farm-sweeper', WEBSITE_SITE_NAME: 'app' });

    expect(otlp.bodies.every(({ text }) => text.includes('"farm-sweeper"'))).toBe(true);
  });

  it.each(['traceidratio', 'always_off'])('contain no trace with the sampler %s and a ratio of 0', async (sampler) => {
    await send({ OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: '0' });

    expect(kinds()).toEqual({ otlp: ['/v1/metrics'], monitor: ['MetricData'] });
  });
});
