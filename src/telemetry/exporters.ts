import type { PushMetricExporter } from '@opentelemetry/sdk-metrics';
import type { SpanExporter } from '@opentelemetry/sdk-trace-base';

/** The exporters to one destination. */
export interface Exporters {
  spans: SpanExporter;
  metrics: PushMetricExporter;
}

/** Receives the result of each attempt to send. */
export interface SendWatch {
  succeeded(): void;
  /** @param why - a status or an error code, without any part of an address or an answer */
  failed(why: string): void;
}

/** Warns that data can't be sent: once, and again only after it could be sent in between. */
export function watchSending(what: string, setting: string, warn: (sentence: string) => void): SendWatch {
  let isDown = false;
  return {
    succeeded() {
      isDown = false;
    },
    failed(why) {
      if (isDown) return;
      isDown = true;
      warn(
        `${what} can't be sent to the endpoint in ${setting} (${why}); some of them are lost. The app continues, and does not repeat ` +
          'this warning until they can be sent again.',
      );
    },
  };
}

/** The part of a failure that contains no secret: a status, or an error code. */
export function reasonOf(error: unknown): string {
  const { code, statusCode, name } = (error ?? {}) as { code?: unknown; statusCode?: unknown; name?: unknown };
  if (typeof statusCode === 'number') return `status ${statusCode}`;
  if (typeof code === 'number') return `status ${code}`;
  return [code, name].find((one): one is string => typeof one === 'string' && /^\w{1,60}$/.test(one)) ?? 'no answer';
}
