import { describe, expect, it } from '@jest/globals';
import { readTelemetrySettings } from '../../src/settings/settings.ts';

const KEY = '6F9619FF-8b86-d011-b42d-00c04fc964ff';

describe('the settings of metrics and traces', () => {
  it('want none by default', () => {
    expect(readTelemetrySettings({ APPLICATIONINSIGHTS_CONNECTION_STRING: ' ' })).toMatchObject({
      otlp: false,
      exportIntervalMs: 60_000,
      faults: [],
    });
  });

  it('take a connection string however it was pasted, and give it in the one form that the exporter takes', () => {
    const given = ` InstrumentationKey=${KEY}; IngestionEndpoint=https://westeurope-5.in.applicationinsights.azure.com/;`;

    const settings = readTelemetrySettings({ APPLICATIONINSIGHTS_CONNECTION_STRING: given });

    expect(settings).toMatchObject({
      azureMonitor: `instrumentationkey=${KEY.toLowerCase()};ingestionendpoint=https://westeurope-5.in.applicationinsights.azure.com/`,
      faults: [],
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
  ])('name %s when it holds %s, and never what it holds', (name, value) => {
    const { azureMonitor, otlp, exportIntervalMs, faults } = readTelemetrySettings({ [name]: value });

    expect({ azureMonitor, otlp, exportIntervalMs }).toEqual({
      azureMonitor: undefined,
      otlp: false,
      exportIntervalMs: 60_000,
    });
    expect(faults).toEqual([expect.stringMatching(new RegExp(`^${name} must be`))]);
    expect(faults.join()).not.toContain('secret');
    expect(faults.join().toLowerCase()).not.toContain(KEY.toLowerCase());
  });

  it('say that OTLP goes over HTTP where gRPC is asked for', () => {
    const { otlp, faults } = readTelemetrySettings({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4317',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    });

    expect(otlp).toBe(true);
    expect(faults).toEqual([expect.stringContaining('4318')]);
  });

  it('let OTEL_SDK_DISABLED switch all of it off', () => {
    expect(
      readTelemetrySettings({ OTEL_SDK_DISABLED: 'true', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318' }),
    ).toMatchObject({ otlp: false });
  });
});
