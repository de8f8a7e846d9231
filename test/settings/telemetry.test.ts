import { describe, expect, it } from '@jest/globals';
import { readTelemetrySettings } from '../../src/settings/telemetry.ts';

const OTLP = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318' };

const KEY = '6F9619FF-8b86-d011-b42d-00c04fc964ff';

describe('the settings of metrics and traces', () => {
  it('send nothing by default', () => {
    expect(readTelemetrySettings({ APPLICATIONINSIGHTS_CONNECTION_STRING: ' ' })).toMatchObject({
      otlp: false,
      exportIntervalMs: 60_000,
      warnings: [],
    });
  });

  it('convert a pasted connection string to the form that the exporter accepts', () => {
    const given = ` InstrumentationKey=${KEY}; IngestionEndpoint=https://westeurope-5.in.applicationinsights.azure.com/;`;

    const settings = readTelemetrySettings({ APPLICATIONINSIGHTS_CONNECTION_STRING: given });

    expect(settings).toMatchObject({
      azureMonitor: `instrumentationkey=${KEY.toLowerCase()};ingestionendpoint=https://westeurope-5.in.applicationinsights.azure.com/`,
      warnings: [],
    });
  });

  it.each([
    ['APPLICATIONINSIGHTS_CONNECTION_STRING', KEY],
    ['APPLICATIONINSIGHTS_CONNECTION_STRING', 'InstrumentationKey=secret'],
    ['APPLICATIONINSIGHTS_CONNECTION_STRING', `InstrumentationKey=${KEY};IngestionEndpoint=http://localhost`],
    ['APPLICATIONINSIGHTS_CONNECTION_STRING', `InstrumentationKey=${KEY};IngestionEndpoint`],
    ['APPLICATIONINSIGHTS_CONNECTION_STRING', 'IngestionEndpoint=https://localhost'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'localhost:4318'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'secret'],
    ['OTEL_METRIC_EXPORT_INTERVAL', '60s'],
    ['OTEL_METRIC_EXPORT_INTERVAL', '0500'],
  ])('report %s with the value %s, and never show the value', (name, value) => {
    const { azureMonitor, otlp, exportIntervalMs, warnings } = readTelemetrySettings({ [name]: value });

    expect({ azureMonitor, otlp, exportIntervalMs }).toEqual({
      azureMonitor: undefined,
      otlp: false,
      exportIntervalMs: 60_000,
    });
    expect(warnings).toEqual([expect.stringMatching(new RegExp(`^${name} is invalid, expected`))]);
    expect(warnings.join()).not.toContain('secret');
    expect(warnings.join().toLowerCase()).not.toContain(KEY.toLowerCase());
  });

  it('warn that OTLP is sent over HTTP if gRPC is set', () => {
    const { otlp, warnings } = readTelemetrySettings({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4317',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    });

    expect(otlp).toBe(true);
    expect(warnings).toEqual([expect.stringContaining('4318')]);
  });

  it('are ignored if OTEL_SDK_DISABLED is true', () => {
    expect(
      readTelemetrySettings({ OTEL_SDK_DISABLED: 'true', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318' }),
    ).toMatchObject({ otlp: false });
  });

  it.each(['1', 'yes', 'secret'])('warn that OTEL_SDK_DISABLED=%s switches nothing off', (value) => {
    const { otlp, warnings } = readTelemetrySettings({ OTEL_SDK_DISABLED: value, ...OTLP });

    expect(otlp).toBe(true);
    expect(warnings).toEqual([expect.stringMatching(/^OTEL_SDK_DISABLED is invalid, expected true or false/)]);
    expect(warnings.join()).not.toContain('secret');
  });

  it.each(['none', 'None', ' NONE '])('let %j switch one signal off, or both', (none) => {
    expect(readTelemetrySettings({ OTEL_TRACES_EXPORTER: none, ...OTLP })).toMatchObject({
      otlp: true,
      traces: false,
      metrics: true,
      warnings: [],
    });
    expect(readTelemetrySettings({ OTEL_METRICS_EXPORTER: none, ...OTLP })).toMatchObject({
      otlp: true,
      traces: true,
      metrics: false,
      warnings: [],
    });
    const neither = readTelemetrySettings({ OTEL_TRACES_EXPORTER: none, OTEL_METRICS_EXPORTER: none, ...OTLP });
    expect(neither).toMatchObject({ otlp: false, warnings: [] });
  });

  it.each(['prometheus', 'console', 'otlp,console', 'none,otlp', 'none,', 'secret'])(
    'warn of the exporter %s, which the app does not have',
    (exporter) => {
      for (const name of ['OTEL_TRACES_EXPORTER', 'OTEL_METRICS_EXPORTER']) {
        const { traces, metrics, warnings } = readTelemetrySettings({ [name]: exporter, ...OTLP });

        expect({ traces, metrics }).toEqual({ traces: true, metrics: true });
        expect(warnings).toEqual([expect.stringMatching(new RegExp(`^${name} is invalid, expected otlp or none`))]);
        expect(warnings.join()).not.toContain('secret');
      }
    },
  );

  it('warn about an unknown sampler and an invalid ratio', () => {
    const ratio = (value: string) => ({
      OTEL_TRACES_SAMPLER: 'traceidratio',
      OTEL_TRACES_SAMPLER_ARG: value,
      ...OTLP,
    });

    expect(readTelemetrySettings({ OTEL_TRACES_SAMPLER: 'xray', ...OTLP })).toMatchObject({
      sampler: false,
      warnings: [expect.stringMatching(/^OTEL_TRACES_SAMPLER is invalid, expected one of/)],
    });
    expect(readTelemetrySettings(ratio('0.1'))).toMatchObject({ sampler: true, warnings: [] });
    for (const value of ['10%', '2', '-1', '']) {
      expect(readTelemetrySettings(ratio(value)).warnings).toEqual([
        expect.stringMatching(/^OTEL_TRACES_SAMPLER_ARG is invalid, expected/),
      ]);
    }
  });
});
