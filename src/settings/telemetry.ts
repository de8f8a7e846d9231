import { GUID } from '../cleanup/model/guid.ts';
import { type AppSettings, type GetSetting, getterOf } from './getter.ts';
import { hasSampler, isDisabled, isSent } from './telemetrySignals.ts';

/** Where metrics and traces are sent. */
export interface TelemetrySettings {
  /** A connection string of Application Insights. */
  azureMonitor?: string;
  /** The managed identity that sends to Application Insights. `undefined` if its connection string is enough. */
  azureMonitorIdentity?: { clientId?: string };
  /** Whether the OTLP exporters are used. They read the settings `OTEL_EXPORTER_OTLP_*` themselves. */
  otlp: boolean;
  /** Whether traces are sent, to any destination. */
  traces: boolean;
  /** Whether metrics are sent, to any destination. */
  metrics: boolean;
  /** The function app's name; `undefined` outside Azure. */
  appName?: string;
  /** How often metrics are sent, in milliseconds. */
  exportIntervalMs: number;
  /** Whether `OTEL_TRACES_SAMPLER` decides which traces are kept; otherwise all are. */
  sampler: boolean;
  /** What is invalid or unusual, as sentences. A destination with an invalid setting is left out. */
  warnings: string[];
}

const CONNECTION_STRING = 'APPLICATIONINSIGHTS_CONNECTION_STRING';
const AUTHENTICATION_STRING = 'APPLICATIONINSIGHTS_AUTHENTICATION_STRING';
const ENDPOINT = 'OTEL_EXPORTER_OTLP_ENDPOINT';

/** The default of the OpenTelemetry specification. */
const DEFAULT_INTERVAL_MS = 60_000;
const SHORTEST_INTERVAL_MS = 1_000;

/**
 * Reads where metrics and traces are sent. Never throws: errors in these settings must not stop the app. No warning shows a value,
 * since connection strings and URLs can contain keys and passwords.
 */
export function readTelemetrySettings(appSettings: AppSettings = process.env): TelemetrySettings {
  const unresolved = new Map<string, string>();
  const settings = readSignals(getterOf(appSettings, ({ name, sentence }) => unresolved.set(name, sentence)));
  return { ...settings, warnings: [...unresolved.values(), ...settings.warnings] };
}

function readSignals(get: GetSetting): TelemetrySettings {
  const settings: TelemetrySettings = {
    otlp: false,
    traces: true,
    metrics: true,
    exportIntervalMs: DEFAULT_INTERVAL_MS,
    sampler: false,
    warnings: [],
  };
  if (isDisabled(get, settings.warnings)) return settings;
  settings.traces = isSent(get, 'OTEL_TRACES_EXPORTER', settings.warnings);
  settings.metrics = isSent(get, 'OTEL_METRICS_EXPORTER', settings.warnings);
  if (!settings.traces && !settings.metrics) return settings;
  settings.sampler = hasSampler(get, settings.warnings);

  const appName = get('WEBSITE_SITE_NAME');
  if (appName !== undefined) settings.appName = appName;
  const given = get(CONNECTION_STRING);
  const connectionString = given === undefined ? undefined : readMonitorConnection(given);
  if (connectionString) settings.azureMonitor = connectionString;
  else if (given !== undefined) {
    settings.warnings.push(
      `${CONNECTION_STRING} is invalid, expected a connection string of Application Insights, such as ` +
        'InstrumentationKey=00000000-0000-0000-0000-000000000000;IngestionEndpoint=https://…; no metrics and traces are sent there.',
    );
  }
  const authentication = get(AUTHENTICATION_STRING);
  const identity = authentication === undefined ? undefined : readAuthenticationString(authentication);
  if (identity) settings.azureMonitorIdentity = identity;
  else if (authentication !== undefined) {
    settings.warnings.push(
      `${AUTHENTICATION_STRING} is invalid, expected Authorization=AAD or ClientId=…;Authorization=AAD with the client id of a managed identity, so ` +
        'metrics and traces are sent without an identity.',
    );
  }
  const endpoint = get(ENDPOINT);
  if (endpoint !== undefined) {
    settings.otlp = /^https?:$/.test(URL.parse(endpoint)?.protocol ?? '');
    // The exporter would silently ignore such a value and send to its default.
    if (!settings.otlp) {
      settings.warnings.push(
        `${ENDPOINT} is invalid, expected the http or https URL of an OTLP/HTTP endpoint, such as http://localhost:4318; no metrics and ` +
          'traces are sent there.',
      );
    }
  }
  if (settings.otlp && get('OTEL_EXPORTER_OTLP_PROTOCOL')?.toLowerCase() === 'grpc') {
    settings.warnings.push(
      `OTEL_EXPORTER_OTLP_PROTOCOL is grpc, but this app sends OTLP over HTTP: ${ENDPOINT} must be an OTLP/HTTP endpoint, usually on port 4318.`,
    );
  }
  const interval = get('OTEL_METRIC_EXPORT_INTERVAL');
  if (interval !== undefined) {
    if (/^\d{4,9}$/.test(interval) && Number(interval) >= SHORTEST_INTERVAL_MS)
      settings.exportIntervalMs = Number(interval);
    else
      settings.warnings.push(
        'OTEL_METRIC_EXPORT_INTERVAL is invalid, expected a number of milliseconds, at least 1000; 60000 is used.',
      );
  }
  return settings;
}

/** @returns the connection string in the form that the exporter accepts; `undefined` if it is not valid */
function readMonitorConnection(text: string): string | undefined {
  const pairs = text.split(';').map((part) => part.split('=').map((side) => side.trim()));
  const fields = pairs.filter(([name]) => name !== '').map((pair) => [pair[0]?.toLowerCase(), ...pair.slice(1)]);
  const valueFor = (wanted: string) => fields.find(([name]) => name === wanted)?.[1]?.toLowerCase();
  const key = valueFor('instrumentationkey') ?? '';
  const endpoint = valueFor('ingestionendpoint');
  if (fields.some(({ length }) => length !== 2) || !GUID.test(key)) return undefined;
  if (endpoint !== undefined && URL.parse(endpoint)?.protocol !== 'https:') return undefined;
  return fields.map(([name, value]) => `${name}=${name === 'instrumentationkey' ? key : value}`).join(';');
}

/**
 * Reads the same value as the Functions host: `Authorization=AAD`, optionally with the `ClientId` of a user-assigned identity.
 *
 * @returns `undefined` if it is not valid
 */
function readAuthenticationString(text: string): { clientId?: string } | undefined {
  const parts = text.split(';').map((part) => part.trim());
  const pairs = parts
    .filter((part) => part !== '')
    .map((part) => part.split('=').map((side) => side.trim().toLowerCase()));
  const fields = new Map(pairs.map(([name = '', value = '']) => [name, value]));
  const clientId = fields.get('clientid');
  const isKnown = pairs.every(
    ([name = '', , extra]) => ['authorization', 'clientid'].includes(name) && extra === undefined,
  );
  if (!isKnown || fields.get('authorization') !== 'aad') return undefined;
  if (clientId === undefined) return {};
  return GUID.test(clientId) ? { clientId } : undefined;
}
