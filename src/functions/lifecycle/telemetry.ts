import { app } from '@azure/functions';
import type { Telemetry } from '../../telemetry/telemetry.ts';

/** If none of these is set, telemetry is off and nothing is loaded. The last two are here for a warning about unknown exporters. */
const ENABLED_BY = [
  'APPLICATIONINSIGHTS_CONNECTION_STRING',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_TRACES_EXPORTER',
  'OTEL_METRICS_EXPORTER',
];

let telemetry: Telemetry | undefined;

/** Metrics and traces; `undefined` before the app's start, or if they are off. */
export const currentTelemetry = (): Telemetry | undefined => telemetry;

app.hook.appStart(async () => {
  if (!ENABLED_BY.some((name) => process.env[name]?.trim())) return;
  try {
    const { readTelemetrySettings } = await import('../../settings/telemetry.ts');
    const { startTelemetry } = await import('../../telemetry/telemetry.ts');
    telemetry = await startTelemetry(readTelemetrySettings(), (sentence) => console.warn(`Warning: ${sentence}`));
  } catch (error) {
    // The app works without metrics and traces. The error's message is not logged, since it may quote a setting.
    const name = error instanceof Error ? error.name : 'unknown error';
    console.warn(`Warning: the settings of metrics and traces could not be read (${name}). None are sent.`);
  }
});

// Runs each invocation within its trace, whatever triggered it.
app.hook.preInvocation((hook) => {
  if (!telemetry) return;
  const { inTrace } = telemetry;
  const { functionHandler, invocationContext } = hook;
  const { traceContext = {} } = invocationContext;
  hook.functionHandler = (...inputs) => inTrace(traceContext, () => functionHandler(...inputs));
});
