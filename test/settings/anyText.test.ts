import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readSettings, SettingsError } from '../../src/settings/settings.ts';
import { settingsWarnings } from '../../src/settings/settingsWarnings.ts';
import { readTelemetrySettings } from '../../src/settings/telemetry.ts';

const WORKING = { CLUSTER_ENDPOINTS: 'http://localhost:19080', AzureWebJobsStorage: 'UseDevelopmentStorage=true' };

const NAMES = [
  ...['CLUSTER_NAME', 'CLUSTER_ID', 'CLUSTER_TIMEOUT', 'CLUSTER_ENDPOINTS', 'CLUSTER_AUTH', 'CLUSTER_CA'],
  ...['CLUSTER_SERVER_THUMBPRINTS', 'CLUSTER_SERVER_COMMON_NAMES', 'CLUSTER_SERVER_ISSUER_THUMBPRINTS'],
  ...[
    'CLUSTER_CLIENT_CERTIFICATE',
    'CLUSTER_CLIENT_CERTIFICATE_PASSWORD',
    'CLUSTER_ENTRA_CLIENT_ID',
    'CLUSTER_ENTRA_SCOPE',
  ],
  ...[
    'AzureWebJobsStorage',
    'AzureWebJobsStorage__accountName',
    'AzureWebJobsStorage__tableServiceUri',
    'SESSION_STORAGE',
  ],
  ...[
    'SESSION_TABLE',
    'OUTCOME_TABLE',
    'RUN_TABLE',
    'SESSION_SHARDS',
    'SWEEP_SCHEDULE',
    'STALE_AFTER',
    'SWEEP_CONCURRENCY',
  ],
  ...[
    'SWEEP_LIMIT',
    'SWEEP_TIME_BUDGET',
    'SWEEP_DRY_RUN',
    'SWEEP_FAN_OUT',
    'SWEEP_QUEUE',
    'MAX_ATTEMPTS',
    'MAX_CLOCK_SKEW',
  ],
  ...['OUTCOME_RETENTION', 'VERIFY_ACTIVITY', 'AzureFunctionsJobHost__functionTimeout', 'AzureWebJobsScriptRoot'],
];

const TELEMETRY_NAMES = [
  ...['APPLICATIONINSIGHTS_CONNECTION_STRING', 'APPLICATIONINSIGHTS_AUTHENTICATION_STRING', 'OTEL_SDK_DISABLED'],
  ...['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_PROTOCOL', 'OTEL_TRACES_EXPORTER', 'OTEL_METRICS_EXPORTER'],
  ...['OTEL_TRACES_SAMPLER', 'OTEL_TRACES_SAMPLER_ARG', 'OTEL_METRIC_EXPORT_INTERVAL'],
];

/** Arbitrary texts, short and long, and texts that resemble a value: digits, units, pairs, URLs, cron fields. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.webUrl(),
  fc.base64String(),
  fc.stringMatching(/^[0-9*/,.: -]{0,30}$/),
  fc.stringMatching(/^[0-9]{1,200}(\.[0-9]{1,200})?\s*[smhd]$/),
  fc.stringMatching(/^([a-zA-Z]{0,20}=[^;]{0,20};){0,4}$/),
  fc.stringMatching(/^(https?:\/\/)?[^ ]{0,40}$/),
  fc.string({ minLength: 1_000, maxLength: 3_000 }),
  fc.constantFrom('certificate', 'entra', 'none', '-1', '@Microsoft.KeyVault(x)', '-----BEGIN CERTIFICATE-----'),
);

describe('settings with arbitrary values', () => {
  it.each(['none', 'certificate', 'entra'])('are read, or reported by name, with CLUSTER_AUTH %s', (CLUSTER_AUTH) => {
    fc.assert(
      fc.property(fc.constantFrom(...NAMES), anyText, (name, value) => {
        try {
          const all = { ...WORKING, CLUSTER_AUTH, [name]: value };
          expect(settingsWarnings(readSettings(all), new Date(), all)).toBeInstanceOf(Array);
        } catch (error) {
          expect(error).toBeInstanceOf(SettingsError);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('never throw if they are about metrics and traces', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...TELEMETRY_NAMES), anyText), (settings) => {
        expect(readTelemetrySettings(settings).warnings).toBeInstanceOf(Array);
      }),
      { numRuns: 400 },
    );
  });

  it('report a duration with too many digits by its name', () => {
    const read = () => readSettings({ ...WORKING, STALE_AFTER: `${'1'.repeat(200)}m` });

    expect(read).toThrow(SettingsError);
    expect(read).toThrow(/STALE_AFTER is .* expected a duration/);
  });
});
