import type { PushMetricExporter } from '@opentelemetry/sdk-metrics';
import type { SpanExporter } from '@opentelemetry/sdk-trace-base';

/** Both ways to one destination. */
export interface Exporters {
  spans: SpanExporter;
  metrics: PushMetricExporter;
}

/** Hears how each attempt to send ended. */
export interface SendWatch {
  worked(): void;
  /** @param why - a status or an error's code: nothing that an address or an answer held */
  failed(why: string): void;
}

/** Says that a destination can't be reached: once, and once more when it has failed anew after it had worked. */
export function watchSending(what: string, setting: string, say: (sentence: string) => void): SendWatch {
  let isDown = false;
  return {
    worked() {
      isDown = false;
    },
    failed(why) {
      if (isDown) return;
      isDown = true;
      say(
        `${what} can't be sent to where ${setting} says (${why}); some of them are lost. The app goes on, and says no more of ` +
          'it until they can be sent again.',
      );
    },
  };
}

/** What is known of a failure that may be told: a status, or an error's code. */
export function reasonOf(error: unknown): string {
  const { code, statusCode, name } = (error ?? {}) as { code?: unknown; statusCode?: unknown; name?: unknown };
  if (typeof statusCode === 'number') return `status ${statusCode}`;
  if (typeof code === 'number') return `status ${code}`;
  return [code, name].find((one): one is string => typeof one === 'string' && /^\w{1,60}$/.test(one)) ?? 'no answer';
}
