import { hasSampler, isDisabled, isSent } from './telemetrySignals.ts';

/** Where metrics and traces are sent. */
export interface TelemetrySettings {
  /** A connection string of Application Insights. */
  azureMonitor?: string;
  /** With which managed identity Application Insights is asked. `undefined` if its connection string is enough. */
  azureMonitorIdentity?: { clientId?: string };
  /** Whether the OTLP exporters are wanted. They read `OTEL_EXPORTER_OTLP_ENDPOINT` and its relatives themselves. */
  otlp: boolean;
  /** Whether traces are sent, to any destination. */
  traces: boolean;
  /** Whether metrics are sent, to any destination. */
  metrics: boolean;
  /** The function app's name; none outside Azure. */
  appName?: string;
  /** How often metrics are sent, in milliseconds. */
  exportIntervalMs: number;
  /** Whether `OTEL_TRACES_SAMPLER` says which traces are kept; all of them otherwise. */
  sampler: boolean;
  /** What is wrong or odd, as sentences. A destination whose setting is wrong is left out. */
  warnings: string[];
}

const CONNECTION_STRING = 'APPLICATIONINSIGHTS_CONNECTION_STRING';
const AUTHENTICATION_STRING = 'APPLICATIONINSIGHTS_AUTHENTICATION_STRING';
const ENDPOINT = 'OTEL_EXPORTER_OTLP_ENDPOINT';

/** As the OpenTelemetry specification has it. */
const DEFAULT_INTERVAL_MS = 60_000;
const SHORTEST_INTERVAL_MS = 1_000;

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Reads where metrics and traces are to be sent. They are no reason to stop the app, so nothing here throws; and no value is
 * ever shown, since keys and passwords stand in both.
 *
 * @param get - a setting's trimmed value; none when it is missing or empty
 */
export function readTelemetrySettings(get: (name: string) => string | undefined): TelemetrySettings {
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
  const connectionString = given === undefined ? undefined : readConnectionString(given);
  if (connectionString) settings.azureMonitor = connectionString;
  else if (given !== undefined) {
    settings.warnings.push(
      `${CONNECTION_STRING} must be a connection string of Application Insights, such as ` +
        'InstrumentationKey=00000000-0000-0000-0000-000000000000;IngestionEndpoint=https://…, so no metrics and traces are sent there.',
    );
  }
  const authentication = get(AUTHENTICATION_STRING);
  const identity = authentication === undefined ? undefined : readAuthenticationString(authentication);
  if (identity) settings.azureMonitorIdentity = identity;
  else if (authentication !== undefined) {
    settings.warnings.push(
      `${AUTHENTICATION_STRING} must be Authorization=AAD or ClientId=…;Authorization=AAD with the client id of a managed identity, so ` +
        'metrics and traces are sent without an identity.',
    );
  }
  const endpoint = get(ENDPOINT);
  if (endpoint !== undefined) {
    settings.otlp = /^https?:$/.test(URL.parse(endpoint)?.protocol ?? '');
    // The exporter would take such a value for none, and send to its default in silence.
    if (!settings.otlp) {
      settings.warnings.push(
        `${ENDPOINT} must be the http or https URL of an OTLP/HTTP endpoint, such as http://localhost:4318, so no metrics and ` +
          'traces are sent there.',
      );
    }
  }
  if (settings.otlp && get('OTEL_EXPORTER_OTLP_PROTOCOL')?.toLowerCase() === 'grpc') {
    settings.warnings.push(
      `OTEL_EXPORTER_OTLP_PROTOCOL is grpc, but this app sends OTLP over HTTP: ${ENDPOINT} must be an endpoint for that, usually port 4318.`,
    );
  }
  const interval = get('OTEL_METRIC_EXPORT_INTERVAL');
  if (interval !== undefined) {
    if (/^\d{4,9}$/.test(interval) && Number(interval) >= SHORTEST_INTERVAL_MS)
      settings.exportIntervalMs = Number(interval);
    else settings.warnings.push('OTEL_METRIC_EXPORT_INTERVAL must be milliseconds, 1000 at least; 60000 is used.');
  }
  return settings;
}

/** @returns the connection string in the one form that the exporter takes; none when it is none */
function readConnectionString(text: string): string | undefined {
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
 * Reads what the Functions host reads too: `Authorization=AAD`, with the `ClientId` of a user-assigned identity in front.
 *
 * @returns `undefined` if it is something else
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
