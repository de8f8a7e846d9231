import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { type Exporters, reasonOf, type SendWatch, watchSending } from './exporters.ts';

const SETTING = 'OTEL_EXPORTER_OTLP_ENDPOINT';

/** The exporters to an OTLP/HTTP endpoint. They read `OTEL_EXPORTER_OTLP_*` (headers, time-out, certificates) themselves. */
export function otlpExporters(say: (sentence: string) => void): Exporters {
  const spans = new OTLPTraceExporter();
  const metrics = new OTLPMetricExporter();
  spans.export = watched(spans.export.bind(spans), watchSending('Traces', SETTING, say));
  metrics.export = watched(metrics.export.bind(metrics), watchSending('Metrics', SETTING, say));
  return { spans, metrics };
}

interface Result {
  /** 0: sent. */
  code: number;
  error?: Error;
}

function watched<T>(send: (items: T, done: (result: Result) => void) => void, watch: SendWatch): typeof send {
  return (items, done) =>
    send(items, (result) => {
      if (result.code === 0) watch.worked();
      else watch.failed(reasonOf(result.error));
      done(result);
    });
}
