import { app } from '@azure/functions';
import type { Telemetry } from '../../telemetry/telemetry.ts';

/** Without one of these nothing is wanted, and nothing is loaded. The exporters are here for a warning about those the app lacks. */
const WANTED_BY = [
  'APPLICATIONINSIGHTS_CONNECTION_STRING',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_TRACES_EXPORTER',
  'OTEL_METRICS_EXPORTER',
];

let telemetry: Telemetry | undefined;

/** Metrics and traces, from the app's start on; none where they are not wanted. */
export const currentTelemetry = (): Telemetry | undefined => telemetry;

app.hook.appStart(async () => {
  if (!WANTED_BY.some((name) => process.env[name]?.trim())) return;
  try {
    const { readTelemetrySettings } = await import('../../settings/settings.ts');
    const { startTelemetry } = await import('../../telemetry/telemetry.ts');
    telemetry = await startTelemetry(readTelemetrySettings(), (sentence) => console.warn(`Warning: ${sentence}`));
  } catch (error) {
    // An app without metrics and traces still sweeps. Without the error's message, which may quote a setting.
    const name = error instanceof Error ? error.name : 'unknown error';
    console.warn(`Warning: the settings of metrics and traces could not be read (${name}), so none are sent.`);
  }
});

// Joins all that an invocation does to its trace, whatever triggered it.
app.hook.preInvocation((hook) => {
  if (!telemetry) return;
  const { inTrace } = telemetry;
  const { functionHandler, invocationContext } = hook;
  const { traceContext = {} } = invocationContext;
  hook.functionHandler = (...inputs) => inTrace(traceContext, () => functionHandler(...inputs));
});
