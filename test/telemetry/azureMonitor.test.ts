import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { BasicTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { azureMonitorExporters } from '../../src/telemetry/azureMonitor.ts';

const key = randomUUID();
const CONNECTION_STRING = `InstrumentationKey=${key};IngestionEndpoint=https://127.0.0.1:9`;

describe('the exporters to Application Insights', () => {
  // By default it uses timers: feature switches are requested after some seconds, statistics are sent later.
  it('send only to their own endpoint, and start no timers', async () => {
    const started: unknown[] = [];
    const { setTimeout: timeout, setInterval: interval } = globalThis;
    globalThis.setTimeout = ((...given: unknown[]) => started.push(given)) as unknown as typeof timeout;
    globalThis.setInterval = ((...given: unknown[]) => started.push(given)) as unknown as typeof interval;
    try {
      azureMonitorExporters(CONNECTION_STRING, () => {});
    } finally {
      Object.assign(globalThis, { setTimeout: timeout, setInterval: interval });
    }

    expect(started).toEqual([]);
  });

  it('write nothing to the disk', async () => {
    const before = (await readdir(tmpdir())).filter((name) => name.includes('opentelemetry'));

    const { spans, metrics } = azureMonitorExporters(CONNECTION_STRING, () => {});
    await Promise.all([spans.shutdown(), metrics.shutdown()]);

    expect((await readdir(tmpdir())).filter((name) => name.includes('opentelemetry'))).toEqual(before);
  });

  it('get a token before they send if they have a credential', async () => {
    const asked: unknown[] = [];
    const credential = {
      getToken: (scopes: string | string[]) => {
        asked.push(scopes);
        return Promise.resolve({ token: 'a-token', expiresOnTimestamp: Date.now() + 3_600_000 });
      },
    };

    const { spans, metrics } = azureMonitorExporters(CONNECTION_STRING, () => {}, credential);
    const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });
    provider.getTracer('test').startSpan('sweep').end();
    await provider.forceFlush();
    await Promise.all([provider.shutdown(), metrics.shutdown()]);

    expect(asked.flat()).toContain('https://monitor.azure.com/.default');
  });
});
