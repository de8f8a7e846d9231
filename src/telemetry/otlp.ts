import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { type Exporters, reasonOf, type SendWatch, watchSending } from './exporters.ts';

const SETTING = 'OTEL_EXPORTER_OTLP_ENDPOINT';

/**
 * Creates the exporters to an OTLP/HTTP endpoint. They read `OTEL_EXPORTER_OTLP_*` (headers, timeout, certificates) themselves.
 *
 * @param warn - receives a sentence if data can't be sent
 */
export function otlpExporters(warn: (sentence: string) => void): Exporters {
  const spans = new OTLPTraceExporter();
  const metrics = new OTLPMetricExporter();
  spans.export = watched(spans.export.bind(spans), watchSending('Traces', SETTING, warn));
  metrics.export = watched(metrics.export.bind(metrics), watchSending('Metrics', SETTING, warn));
  return { spans, metrics };
}

interface Result {
  /** 0 if the data was sent. */
  code: number;
  error?: Error;
}

function watched<T>(send: (items: T, done: (result: Result) => void) => void, watch: SendWatch): typeof send {
  return (items, done) =>
    send(items, (result) => {
      if (result.code === 0) watch.succeeded();
      else watch.failed(reasonOf(result.error));
      done(result);
    });
}
