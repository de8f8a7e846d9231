import { expect, it } from '@jest/globals';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { METRIC } from '../../src/telemetry/names.ts';
import { type ObservedPorts, observePorts } from '../../src/telemetry/observePorts.ts';
import { aRun } from '../doubles/runRecord.ts';

const HOUR_MS = 3_600_000;

it('keeps the oldest stale session of each part of a fanned-out sweep, whichever part ends last', async () => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.DELTA);
  const provider = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter })] });
  const ports: ObservedPorts = {
    recordOutcomes: async () => [],
    changeSession: async () => 'settled',
    recordRun: async () => {},
  };
  const { recordRun } = observePorts(provider.getMeter('test'))(ports);
  const run = aRun({ trigger: 'queue', partition: 'default~0' });

  await recordRun({ ...run, oldestStaleAt: new Date(run.startedAt.getTime() - 3 * HOUR_MS) });
  await recordRun({ ...run, partition: 'default~1' });

  await provider.forceFlush();
  const metrics = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
  const ages = metrics.find(({ descriptor }) => descriptor.name === METRIC.oldestStaleAge)?.dataPoints ?? [];
  expect(ages.map(({ attributes, value }) => [attributes, value])).toEqual([
    [{ partition: 'default~0' }, 10_800],
    [{ partition: 'default~1' }, 0],
  ]);
  await provider.shutdown();
});
