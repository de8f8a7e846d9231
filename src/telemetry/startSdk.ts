import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { context, createTraceState, isSpanContextValid, metrics, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { detectResources, envDetector, type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BasicTracerProvider,
  BatchSpanProcessor,
  type Sampler,
} from '@opentelemetry/sdk-trace-base';
import type { TelemetrySettings } from '../settings/telemetry.ts';
import type { Exporters } from './exporters.ts';
import { SCOPE } from './names.ts';
import { observeCalls } from './observeCalls.ts';
import { observePorts } from './observePorts.ts';
import type { Telemetry, TraceOrigin } from './telemetry.ts';
import { traceWork } from './traceWork.ts';

/** How long the end of a sweep waits until its metrics and traces are sent, in milliseconds. */
const FLUSH_MS = 1_000;

/**
 * Loads and starts the SDK and the exporters that the settings ask for.
 *
 * @param warn - receives a sentence if data can't be sent
 */
export async function startSdk(
  settings: Omit<TelemetrySettings, 'warnings'>,
  warn: (sentence: string) => void,
): Promise<Telemetry> {
  const exporters: Exporters[] = [];
  if (settings.azureMonitor !== undefined) {
    const { azureMonitorExporters, monitorCredential } = await import('./azureMonitor.ts');
    // Otherwise the exporter of traces sends a metric that describes the process.
    if (!settings.metrics) process.env['APPLICATIONINSIGHTS_OPENTELEMETRY_RESOURCE_METRIC_DISABLED'] = 'true';
    const identity = settings.azureMonitorIdentity;
    exporters.push(azureMonitorExporters(settings.azureMonitor, warn, identity && (await monitorCredential(identity))));
  }
  if (settings.otlp) {
    const { otlpExporters } = await import('./otlp.ts');
    exporters.push(otlpExporters(warn));
  }

  const resource = describeProcess(settings.appName);
  const tracerProvider = new BasicTracerProvider({
    resource,
    spanProcessors: settings.traces ? exporters.map(({ spans }) => new BatchSpanProcessor(spans)) : [],
    ...samplerOf(settings),
  });
  const { exportIntervalMs } = settings;
  const meterProvider = new MeterProvider({
    resource,
    readers: (settings.metrics ? exporters : []).map(
      ({ metrics: exporter }) =>
        new PeriodicExportingMetricReader({
          exporter,
          exportIntervalMillis: exportIntervalMs,
          exportTimeoutMillis: Math.min(30_000, exportIntervalMs),
        }),
    ),
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(tracerProvider);
  metrics.setGlobalMeterProvider(meterProvider);

  const flush = async (withinMs: number) => {
    const over = new AbortController();
    const sent = Promise.allSettled([tracerProvider.forceFlush(), meterProvider.forceFlush()]);
    const late = delay(withinMs, undefined, { signal: over.signal }).catch(() => {});
    await Promise.race([sent, late]);
    over.abort();
  };
  const tracer = tracerProvider.getTracer(SCOPE);
  const meter = meterProvider.getMeter(SCOPE);
  return {
    observeCall: observeCalls(meter, tracer),
    observePorts: observePorts(meter),
    trace: traceWork(tracer, () => flush(FLUSH_MS)),
    inTrace,
    flush,
  };
}

function samplerOf({ traces, sampler }: Pick<TelemetrySettings, 'traces' | 'sampler'>): { sampler?: Sampler } {
  if (!traces) return { sampler: new AlwaysOffSampler() };
  // Without a sampler here the SDK reads `OTEL_TRACES_SAMPLER`.
  if (sampler) return {};
  // The host marks every invocation as not sampled unless the host itself exports by OTLP. That must not drop all traces.
  return { sampler: new AlwaysOnSampler() };
}

/** The service name is that of the function app, unless `OTEL_SERVICE_NAME` or `OTEL_RESOURCE_ATTRIBUTES` sets another. */
function describeProcess(appName = SCOPE): Resource {
  const own = {
    'service.name': appName,
    // Without it, the cumulative counters of two processes would look like one counter that jumps.
    'service.instance.id': randomUUID(),
  };
  return resourceFromAttributes(own).merge(detectResources({ detectors: [envDetector] }));
}

/** `00-{trace id}-{span id}-{flags}`. @see W3C Trace Context */
const TRACE_PARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})/;

function inTrace<T>({ traceParent, traceState }: TraceOrigin, work: () => T): T {
  const [, traceId = '', spanId = '', flags = ''] = TRACE_PARENT.exec(traceParent ?? '') ?? [];
  const parent = {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16) & 1,
    isRemote: true,
    ...(traceState ? { traceState: createTraceState(traceState) } : {}),
  };
  if (!isSpanContextValid(parent)) return work();
  return context.with(trace.setSpanContext(context.active(), parent), work);
}
