import {
  AzureMonitorBaseExporter,
  type AzureMonitorExporterOptions,
  AzureMonitorMetricExporter,
  AzureMonitorTraceExporter,
} from '@azure/monitor-opentelemetry-exporter';
import { azureCredential } from '../network/azureCredential.ts';
import { type Exporters, reasonOf, watchSending } from './exporters.ts';

const SETTING = 'APPLICATIONINSIGHTS_CONNECTION_STRING';

/** The timeout of one attempt, in milliseconds. */
const TIMEOUT_MS = 10_000;

/**
 * Makes an exporter send only to its own endpoint. By default the package also sends usage statistics to Microsoft, for which it asks
 * the machine's metadata endpoint, and requests feature switches every hour. An environment variable switches off the
 * first, but not the second. The constructor argument `true` switches off both: the package uses it for its own statistics exporter.
 */
class QuietExporter extends AzureMonitorBaseExporter {
  constructor(options?: AzureMonitorExporterOptions) {
    super(options, true);
  }
}

/**
 * Creates the exporters to Application Insights. Data that can't be sent is dropped, and never written to disk.
 *
 * @param warn - receives a sentence if data can't be sent
 * @param credential - for a component that requires an identity
 * @throws if the connection string is not valid
 */
export function azureMonitorExporters(
  connectionString: string,
  warn: (sentence: string) => void,
  credential?: Credential,
): Exporters {
  for (const exporter of [AzureMonitorTraceExporter, AzureMonitorMetricExporter]) {
    // The class that `super(...)` in the exporter's constructor calls.
    Object.setPrototypeOf(exporter, QuietExporter);
  }
  const options = (what: string) => ({
    connectionString,
    ...(credential ? { credential } : {}),
    disableOfflineStorage: true,
    retryOptions: { maxRetries: 2 },
    additionalPolicies: [watchPolicy(what, warn)],
  });
  const spans = new AzureMonitorTraceExporter(options('Traces'));
  const metrics = new AzureMonitorMetricExporter(options('Metrics'));
  spans.export = neverRejecting(spans.export.bind(spans));
  metrics.export = neverRejecting(metrics.export.bind(metrics));
  return { spans, metrics };
}

type Credential = NonNullable<AzureMonitorExporterOptions['credential']>;

/**
 * Creates the credential for a component that requires an identity.
 *
 * @param clientId - of a user-assigned managed identity; `undefined` for the identity of this process
 */
export function monitorCredential({ clientId }: { clientId?: string }): Promise<Credential> {
  // A developer's machine has no user-assigned identity.
  return azureCredential(clientId === undefined ? {} : { clientId, managedIdentity: true });
}

/** The SDK does not await the promise of `export`, so a rejection would end the process. */
function neverRejecting<T, Done>(send: (items: T, done: Done) => Promise<void>): typeof send {
  return (items, done) => send(items, done).catch(() => {});
}

type Policy = NonNullable<AzureMonitorExporterOptions['additionalPolicies']>[number];

/** Observes the answers of the endpoint: without offline storage the exporter reports dropped data as a success. */
function watchPolicy(what: string, warn: (sentence: string) => void): Policy {
  const watch = watchSending(what, SETTING, warn);
  return {
    // Once for all retries of one attempt.
    position: 'perCall',
    policy: {
      name: 'watchSending',
      async sendRequest(request, next) {
        request.timeout = TIMEOUT_MS;
        try {
          const answer = await next(request);
          // The exporter itself follows a redirect to the endpoint's region.
          if (answer.status < 300) watch.succeeded();
          else if (answer.status >= 400) watch.failed(`status ${answer.status}`);
          return answer;
        } catch (error) {
          watch.failed(reasonOf(error));
          throw error;
        }
      },
    },
  };
}
